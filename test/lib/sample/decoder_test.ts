import assert from "node:assert/strict";
import { decode, vaeShapes } from "../../../lib/model/mod.ts";
import { FrozenModel } from "../../../lib/nn/mod.ts";
import { decoderParts, toBytes } from "../../../lib/sample/mod.ts";
import {
  constant,
  type HostTensor,
  hostTensor,
} from "../../../lib/tensor/mod.ts";
import { testOnEngines } from "../../engines.ts";
import { assertClose } from "../../tensors.ts";
import {
  constants,
  evaluate,
  noise,
  randomWeights,
  VAE,
} from "../model/_models.ts";

const WEIGHTS = randomWeights(vaeShapes(VAE));
const LATENTS = noise([3, 4, VAE.latent_dim], { name: "latents" });

/** One image of 1 x 2 pixels, by channel. */
function image(...values: number[]): HostTensor {
  return hostTensor("f32", [1, 3, 1, 2], Float32Array.from(values));
}

Deno.test("toBytes() is 127.5 x + 128 cut to a byte, channels last", () => {
  const { dtype, shape, data } = toBytes(image(-1, 0, 1, 9, -9, 0.5));
  assert.equal(dtype, "u8");
  assert.deepEqual(shape, [1, 1, 2, 3]);
  // Red -1 and 0, green 1 and 9, blue -9 and 0.5.
  assert.deepEqual([...data], [0, 255, 0, 128, 255, 191]);
});

Deno.test("toBytes() cuts towards zero", () => {
  const nearly = (255 - 128 - 1e-3) / 127.5;
  assert.equal(toBytes(image(nearly, 0, 0, 0, 0, 0)).data[0], 254);
});

await testOnEngines({
  "decoderParts() decodes batch after batch as the model does": async (
    engine,
  ) => {
    const { x } = await evaluate({
      x: decode(constants(WEIGHTS), constant(LATENTS), VAE),
    });
    const model = { config: VAE, weights: WEIGHTS };
    const decoder = await FrozenModel.create(engine, decoderParts(model, 3));
    const tolerance = engine.name === "reference" ? 1e-12 : 1e-4;
    await decoder.run({ z: noise(LATENTS.shape, { name: "others" }) });
    const { images } = await decoder.run({ z: LATENTS });
    decoder.dispose();
    assertClose(images, x, { what: "images", tolerance });
  },
  "decoderParts() needs the decoder's weights alone": async (engine) => {
    const weights = Object.fromEntries(
      Object.entries(WEIGHTS)
        .filter(([name]) => !/^(encoder|quant_proj)\./.test(name)),
    );
    const parts = decoderParts({ config: VAE, weights }, 3);
    const decoder = await FrozenModel.create(engine, parts);
    const { shape } = (await decoder.run({ z: LATENTS })).images;
    decoder.dispose();
    assert.deepEqual(shape, [3, 3, 8, 8]);
  },
});
