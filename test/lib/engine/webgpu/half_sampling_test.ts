/** Samples of a model whose floats take fewer bits, against those of other seeds. */
import assert from "node:assert/strict";
import { requireAdapter } from "../../../../lib/cli/mod.ts";
import {
  createWebGpuEngine,
  type Precision,
} from "../../../../lib/engine/webgpu/mod.ts";
import { arShapes, vaeShapes } from "../../../../lib/model/mod.ts";
import { FrozenModel } from "../../../../lib/nn/mod.ts";
import { decoderParts, Sampler } from "../../../../lib/sample/mod.ts";
import {
  type FrozenTensor,
  type HostTensor,
  quantize,
} from "../../../../lib/tensor/mod.ts";
import { engineAvailable } from "../../../engines.ts";
import { AR, randomWeights, VAE } from "../../model/_models.ts";

const { available } = await engineAvailable("webgpu");

/** With guidance twice as many rows: few, so that bytes are multiplied. */
const IMAGES = 2;

/** Three seeds in f32; the first of them in fewer bits. */
const SEEDS = [1, 2, 3] as const;

/**
 * How far fewer bits may move a sample, of how far another seed does. That a
 * solver takes many steps and each token is made of the ones before it adds up.
 */
const SHARES: Readonly<Record<Exclude<Precision, "f32">, number>> = {
  f16: 0.01,
  i8: 0.15,
};

type Weights = Readonly<Record<string, FrozenTensor>>;

/** The large matrices in 8 bits. */
function quantized(weights: Readonly<Record<string, HostTensor>>): Weights {
  return Object.fromEntries(
    Object.entries(weights).map(([name, weight]) =>
      [name, weight.shape.length === 2 ? quantize(weight) : weight] as const
    ),
  );
}

/** Images of each seed, decoded, [IMAGES, 3, H, W]. */
async function samplesOf(
  precision: Precision,
  seeds: readonly number[],
): Promise<HostTensor[]> {
  const engine = await createWebGpuEngine(await requireAdapter(), {
    precision,
  });
  const weights = randomWeights(arShapes(AR));
  const sampler = await Sampler.create(engine, {
    config: AR,
    weights: precision === "i8" ? quantized(weights) : weights,
  }, {
    solver: "euler-maruyama",
    steps: 3,
    guidance: { cfg: 1.5, schedule: "constant" },
    images: IMAGES,
  });
  const decoder = await FrozenModel.create(
    engine,
    decoderParts({
      config: VAE,
      weights: randomWeights(vaeShapes(VAE)),
    }, IMAGES),
  );
  const indices = Uint32Array.from({ length: IMAGES }, (_, i) => i);
  const classes = Int32Array.from(indices, (i) => i % AR.num_classes);
  const images: HostTensor[] = [];
  for (const seed of seeds) {
    const tokens = await sampler.sample({
      classes,
      indices,
      seed: BigInt(seed),
    });
    images.push((await decoder.run({ z: tokens })).images);
  }
  await engine.close();
  return images;
}

/** Root of the mean squared difference. */
function distance(a: HostTensor, b: HostTensor): number {
  let total = 0;
  for (const [i, value] of a.data.entries()) total += (value - b.data[i]!) ** 2;
  return Math.sqrt(total / a.data.length);
}

Deno.test({
  name: "samples in fewer bits are far closer to f32's than another seed's are",
  ignore: !available,
  fn: async () => {
    const [first, ...others] = await samplesOf("f32", SEEDS);
    const spread = Math.min(...others.map((other) => distance(first!, other)));
    for (const precision of ["f16", "i8"] as const) {
      const [found] = await samplesOf(precision, SEEDS.slice(0, 1));
      const moved = distance(first!, found!);
      const share = moved / spread;
      assert.ok(moved > 0, `${precision} is f32`);
      assert.ok(
        share <= SHARES[precision],
        `${precision} moves samples by ${share} of what a seed does`,
      );
    }
  },
});
