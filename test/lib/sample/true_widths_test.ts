import assert from "node:assert/strict";
import { randomWeights } from "../../../bench/ours/weights.ts";
import { arConfigOf, randomAr } from "../../../bench/weights/random_model.ts";
import { createReferenceEngine } from "../../../lib/engine/reference/mod.ts";
import {
  type ArConfig,
  arShapes,
  PAPER_LAW,
  type VaeConfig,
  vaeShapes,
} from "../../../lib/model/mod.ts";
import { PAPER_AR, PAPER_VAE } from "../../../lib/preset/checked.ts";
import { FrozenModel } from "../../../lib/nn/mod.ts";
import {
  type ArModel,
  decoderParts,
  Sampler,
} from "../../../lib/sample/mod.ts";
import type { Engine, HostTensor } from "../../../lib/tensor/mod.ts";
import { openEngine } from "../../engines.ts";
import { assertClose } from "../../tensors.ts";
import { noise } from "../model/_models.ts";

/** Rounding of f32 through a few hundred products; the guidance multiplies it. */
const TOLERANCE = 2e-4;

/**
 * The paper's widths and heads; depth is cut to one block of each kind and
 * images to four tokens. `bench weights sizes` runs whole models.
 */
function shallow(
  size: keyof typeof PAPER_AR,
  cls_token_num: number,
): ArConfig {
  const sizes = PAPER_AR[size];
  return {
    ...sizes,
    n_layer: 1,
    diff_layers: sizes.diff_adanln_layers,
    cls_token_num,
    num_classes: 4,
    latent_dim: PAPER_VAE.latent_dim,
    grid: 2,
    ...PAPER_LAW,
  };
}

async function tokensOf(
  engine: Engine,
  config: ArConfig,
  { weights, cfg }: { weights: ArModel["weights"]; cfg: number },
): Promise<HostTensor> {
  const sampler = await Sampler.create(engine, { config, weights }, {
    images: 1,
    solver: "euler-maruyama",
    steps: 1,
    guidance: { cfg, schedule: "linear" },
  });
  const tokens = await sampler.sample({
    classes: Int32Array.of(2),
    indices: Uint32Array.of(7),
    seed: 3n,
  });
  sampler.dispose();
  return tokens;
}

const { engine, reason } = await openEngine("onnx");
Deno.test.afterAll(() => engine?.close());
const ignored = reason === "" ? "" : ` (ignored: ${reason})`;

/**
 * B guided, with the class tokens of 512 pixels; the others with few and not
 * guided, since the reference is slow.
 */
const MODELS = [["B", 64, 4.5], ["L", 4, 1], ["H", 4, 1]] as const;

for (const [size, leading, cfg] of MODELS) {
  Deno.test({
    name: `a sampler of SphereAR-${size}'s widths with ${leading} class ` +
      `tokens agrees with the reference, on onnx${ignored}`,
    ignore: engine === undefined,
    async fn() {
      const config = shallow(size, leading);
      const given = { weights: randomWeights(arShapes(config)), cfg };
      const expected = await tokensOf(
        createReferenceEngine(),
        config,
        given,
      );
      const found = await tokensOf(engine!, config, given);
      assertClose(found, expected, { what: size, tolerance: TOLERANCE });
    },
  });
}

Deno.test({
  name: `a decoder of the S-VAE's widths agrees with the reference, on onnx` +
    ignored,
  ignore: engine === undefined,
  async fn() {
    const config: VaeConfig = {
      ...PAPER_VAE,
      image_size: 32,
      decoder_vit_layers: 2,
    };
    const weights = randomWeights(vaeShapes(config));
    const z = noise([1, 4, config.latent_dim], { name: "z" });
    const imagesOf = async (engine: Engine) => {
      const decoder = await FrozenModel.create(
        engine,
        decoderParts({ config, weights }, 1),
      );
      const { images } = await decoder.run({ z });
      decoder.dispose();
      return images;
    };
    const expected = await imagesOf(createReferenceEngine());
    assertClose(await imagesOf(engine!), expected, {
      what: "images",
      tolerance: TOLERANCE,
    });
  },
});

/** Memory that the largest model takes. */
const GIGABYTES = 8;

const isRoomy = Deno.systemMemoryInfo().available > GIGABYTES * 1e9;
const why = isRoomy ? ignored : ` (ignored: takes ${GIGABYTES} GB)`;

Deno.test({
  name: `SphereAR-H of 256 px, all of it, samples four tokens, on onnx${why}`,
  ignore: engine === undefined || !isRoomy,
  async fn() {
    const config = { ...arConfigOf({ size: "H", side: 256 }), grid: 2 };
    const { weights } = randomAr(config, "f32");
    const tokens = await tokensOf(engine!, config, { weights, cfg: 4.5 });
    const d = config.latent_dim;
    assert.deepEqual(tokens.shape, [1, 4, d]);
    for (let at = 0; at < tokens.data.length; at += d) {
      const length = Math.hypot(...tokens.data.subarray(at, at + d));
      const off = Math.abs(length / Math.sqrt(d) - 1);
      assert.ok(off < 1e-6, `token ${at / d} is ${length} long`);
    }
  },
});
