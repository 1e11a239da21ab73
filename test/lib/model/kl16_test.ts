import assert from "node:assert/strict";
import { openSafetensors } from "../../../lib/artifact/mod.ts";
import {
  checkVaeConfig,
  decodeScaled,
  encodeScaled,
  type VaeConfig,
  vaeShapes,
} from "../../../lib/model/mod.ts";
import { decoderParts, encoderParts } from "../../../lib/sample/mod.ts";
import { FrozenModel, type Parameters } from "../../../lib/nn/mod.ts";
import {
  constant,
  type HostTensor,
  hostTensor,
  sizeOf,
  type Tensor,
} from "../../../lib/tensor/mod.ts";
import { testOnEngines } from "../../engines.ts";
import { assertClose } from "../../tensors.ts";
import { klWeights } from "../../../lib/workflow/verify/kl16.ts";
import { KL } from "./_kl.ts";
import { constants, evaluate } from "./_models.ts";

const WEIGHTS = klWeights(KL);
const MODEL = { config: KL, weights: WEIGHTS };

const reader = await openSafetensors(
  new URL("../../golden/kl16.safetensors", import.meta.url).pathname,
);
const recorded = Object.fromEntries(
  await Promise.all(
    [...reader.tensors.keys()].map(async (name) =>
      [name, await reader.read(name)] as const
    ),
  ),
);
reader.close();

function posterior(
  p: Parameters,
  images: Tensor,
): { mu: Tensor; sigma: Tensor } {
  const { mu, sigma } = encodeScaled(p, images, KL);
  return { mu, sigma: sigma! };
}

/** MAR's own sizes. */
const FULL: VaeConfig<"kl16"> = {
  ...KL,
  image_size: 256,
  patch_size: 16,
  latent_dim: 16,
  ch: 128,
  ch_mult: [1, 1, 2, 2, 4],
  num_res_blocks: 2,
};

Deno.test("vaeShapes() makes MAR's KL-16 VAE of 66 million numbers", () => {
  checkVaeConfig(FULL);
  const shapes = vaeShapes(FULL);
  const sizes = Object.values(shapes).map(sizeOf);
  // As PyTorch counts the parameters of MAR's own module.
  assert.equal(sizes.length, 312);
  assert.equal(sizes.reduce((sum, size) => sum + size, 0), 66_456_019);
  assert.deepEqual(shapes["encoder.down.4.attn.1.q.weight"], [512, 512, 1, 1]);
  assert.equal(shapes["decoder.up.4.attn.0.q.weight"], undefined);
});

Deno.test("checkVaeConfig() names a size of a KL-16 VAE that does not fit", () => {
  const cases: [Partial<VaeConfig<"kl16">>, RegExp][] = [
    [{ patch_size: 16 }, /patch_size is 16, expected 2, /],
    [{ image_size: 15 }, /image_size is 15, expected a multiple of patch_size/],
    [{ ch: 48 }, /ch is 48, expected a multiple of 32/],
  ];
  for (const [change, message] of cases) {
    assert.throws(() => checkVaeConfig({ ...KL, ...change }), message);
  }
});

Deno.test("the KL-16 VAE's log-variance is cut at -30 and 20", async () => {
  const cut = async (bias: number) => {
    const name = "quant_conv.bias";
    const d = KL.latent_dim;
    const data = Float32Array.from(
      { length: 2 * d },
      (_, i) => i < d ? 0 : bias,
    );
    const weights = { ...WEIGHTS, [name]: hostTensor("f32", [2 * d], data) };
    const images = constant(recorded["in/images"]!);
    const { sigma } = await evaluate(posterior(constants(weights), images));
    return sigma.data[0]! / KL.latent_scale!;
  };
  assert.ok(Math.abs(await cut(1e4) / Math.exp(10) - 1) <= 1e-12);
  assert.ok(Math.abs(await cut(-1e4) / Math.exp(-15) - 1) <= 1e-12);
});

Deno.test("the KL-16 VAE's graphs agree with PyTorch in float64", async () => {
  const p = constants(WEIGHTS);
  const images = constant(recorded["in/images"]!);
  const image = decodeScaled(p, constant(recorded["out/z"]!), KL);
  const found = await evaluate({ ...posterior(p, images), image });
  for (const [name, tensor] of Object.entries(found)) {
    const what = `out/${name}`;
    // What the recording lost when it was rounded to float32.
    assertClose(tensor, recorded[what]!, { what, tolerance: 5e-7 });
  }
});

await testOnEngines({
  "encoderParts() and decoderParts() run a KL-16 VAE": async (engine) => {
    const encoder = await FrozenModel.create(engine, encoderParts(MODEL, 2));
    const decoder = await FrozenModel.create(engine, decoderParts(MODEL, 2));
    const decoded = await decoder.run({ z: recorded["out/z"]! });
    const found: Record<string, HostTensor> = {
      ...await encoder.run({ images: recorded["in/images"]! }),
      image: decoded.images,
    };
    encoder.dispose();
    decoder.dispose();
    assert.deepEqual(Object.keys(found).sort(), ["image", "mu", "sigma"]);
    for (const [name, tensor] of Object.entries(found)) {
      const what = `out/${name}`;
      assertClose(tensor, recorded[what]!, { what, tolerance: 1e-4 });
    }
  },
}, { reference: false });
