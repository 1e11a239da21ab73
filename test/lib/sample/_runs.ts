import assert from "node:assert/strict";
import { arShapes } from "../../../lib/model/mod.ts";
import {
  Sampler,
  type SampleRequest,
  type SamplingOptions,
} from "../../../lib/sample/mod.ts";
import {
  type Engine,
  type HostTensor,
  hostTensor,
} from "../../../lib/tensor/mod.ts";
import { AR, randomWeights } from "../model/_models.ts";

/** Random weights. */
export const MODEL = { config: AR, weights: randomWeights(arShapes(AR)) };
/** Numbers of a token. */
export const { latent_dim: D } = AR;
/** Tokens of an image. */
export const TOKENS = AR.grid ** 2;
/** Numbers of an image. */
export const VALUES = TOKENS * D;

/** How runs here sample. */
export const OPTIONS: SamplingOptions = {
  solver: "euler-maruyama",
  steps: 4,
  guidance: { cfg: 2.5, schedule: "linear" },
};

/** The class of image `index` of every run here. */
export function labelOf(index: number): number {
  return index % AR.num_classes;
}

/** A run of some images. */
export interface Run extends Partial<SamplingOptions> {
  readonly engine: Engine;
  readonly batch: number;
  readonly count: number;
  readonly seed?: number;
  readonly labels?: (index: number) => number;
}

/** Tokens [count, N, d] of the first images of a run, batch by batch. */
export async function tokensOf(
  { engine, batch, count, seed = 11, labels = labelOf, ...changes }: Run,
): Promise<HostTensor<"f64">> {
  const options = { ...OPTIONS, ...changes, images: batch };
  const sampler = await Sampler.create(engine, MODEL, options);
  const all: number[] = [];
  for (let start = 0; start < count; start += batch) {
    const { data, shape } = await sampler.sample(
      request(batch, { start, seed, labels }),
    );
    assert.deepEqual(shape, [batch, TOKENS, D]);
    all.push(...data);
  }
  sampler.dispose();
  const data = Float64Array.from(all.slice(0, count * VALUES));
  return hostTensor("f64", [count, TOKENS, D], data);
}

/** A batch of images with consecutive numbers. */
export function request(
  batch: number,
  { start = 0, seed = 11, labels = labelOf }: {
    start?: number;
    seed?: number;
    labels?: (index: number) => number;
  } = {},
): SampleRequest {
  const indices = Uint32Array.from({ length: batch }, (_, i) => start + i);
  return {
    classes: Int32Array.from(indices, labels),
    indices,
    seed: BigInt(seed),
  };
}
