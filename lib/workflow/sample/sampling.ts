import { UserError } from "../../artifact/mod.ts";
import { arSpecs, differingLaw } from "../../model/mod.ts";
import { initialize } from "../../nn/mod.ts";
import type { StageContext } from "../../pipeline/mod.ts";
import type { Sampling } from "../../preset/mod.ts";
import { RandomStream } from "../../random/mod.ts";
import {
  type ArModel,
  type Decoded,
  ImageDecoder,
  Sampler,
  type SampleRequest,
  type SamplerOptions,
  scaledBy,
  type VaeModel,
} from "../../sample/mod.ts";
import { type HostTensor, hostTensor } from "../../tensor/mod.ts";
import { packWeights } from "../models/mod.ts";
import type { WeightsDType } from "../options/mod.ts";
import type { BatchRows, Shards } from "../pieces/mod.ts";

import type { Speed } from "./speed.ts";

/** Both halves of a trained generator. */
export interface Generator {
  readonly ar: ArModel;
  readonly vae: VaeModel;
}

/** The same AR model with the values that its training started from. */
export function untrainedOf(
  { config }: ArModel,
  { seed, dtype }: { seed: number; dtype: WeightsDType },
): ArModel {
  const weights = initialize(
    arSpecs(config),
    (name) => new RandomStream({ seed, stream: `initial ${name}` }),
  );
  return { config, weights: packWeights(weights, dtype) };
}

/** How batches are sampled. */
export interface SamplingRun extends Pick<StageContext, "seed" | "signal"> {
  /** Has the engine, and is told of each token. */
  readonly speed: Speed;
  /** Class of each image of the whole run. */
  readonly classes: Int32Array;
  /** Number of each image: with the seed, all that its draws depend on. */
  readonly indices: Uint32Array;
  readonly numbers: Sampling;
  /** Draws to replay in place of the seed's, [token, draw, row, d]. */
  readonly recorded?: HostTensor<"f32"> | undefined;
  readonly shards: Shards;
  /** Whether shards hold what latents decode to before rounding. */
  readonly traced: boolean;
  /** Called when everything is compiled. */
  onStart(): void;
  /** Called with the images of a batch before it counts as done. */
  onImages(images: HostTensor<"u8">, rows: BatchRows): Promise<void>;
}

/**
 * Samples batches into shards. A batch is decoded, encoded and written while
 * the next one is sampled.
 *
 * @throws {UserError} when the models do not fit each other
 */
export async function sampleBatches(
  generator: Generator,
  batches: readonly number[],
  run: SamplingRun,
): Promise<void> {
  const { shards, numbers, recorded, traced, speed } = run;
  const { engine } = speed;
  const images = shards.cut.batch;
  const sampler = await Sampler.create(engine, generator.ar, {
    ...samplerOptions(numbers, images),
    ...(recorded && { recorded }),
  });
  const decoder = await ImageDecoder.create(engine, generator.vae, images);
  run.onStart();
  let writing: Promise<void> = Promise.resolve();
  async function finish(batch: number, z: HostTensor): Promise<void> {
    const rows = shards.rows(batch);
    const decoded = await decoder.decode(z, { count: rows.count, traced });
    await run.onImages(decoded.images, rows);
    await shards.write(batch, shardTensors({ z, rows, decoded, run }));
  }
  try {
    for (const batch of batches) {
      const z = await sampler.sample(requestOf(batch, run));
      await writing;
      if (speed.wantsPeak) await speed.measure();
      writing = finish(batch, z);
      // Told where it is waited for.
      writing.catch(() => {});
    }
    await writing;
    if (speed.wantsPeak) await speed.measure();
  } finally {
    await writing.catch(() => {});
    sampler.dispose();
    decoder.dispose();
  }
}

/** How a sampler is set up for batches of some images. */
export function samplerOptions(
  { solver, steps, cfg, cfgSchedule: schedule }: Sampling,
  images: number,
): SamplerOptions {
  return { images, solver, steps, guidance: { cfg, schedule } };
}

function requestOf(
  batch: number,
  { shards, classes, indices, seed, signal, speed }: SamplingRun,
): SampleRequest {
  const { start, count } = shards.rows(batch);
  const length = shards.cut.batch;
  // The last batch is filled up: programs have one batch size.
  const at = (row: number) => start + Math.min(row, count - 1);
  return {
    classes: Int32Array.from({ length }, (_, i) => classes[at(i)]!),
    indices: Uint32Array.from({ length }, (_, i) => indices[at(i)]!),
    seed: BigInt(seed),
    signal,
    onToken: () => speed.advance(count),
  };
}

function shardTensors(
  { z, rows: { start, count }, decoded, run: { classes } }: {
    readonly z: HostTensor;
    readonly rows: BatchRows;
    readonly decoded: Decoded;
    readonly run: SamplingRun;
  },
) {
  const [images, ...token] = z.shape as [number, ...number[]];
  const size = z.data.length / images;
  const tokens = Float32Array.from(z.data.subarray(0, count * size));
  return {
    ...decoded,
    labels: hostTensor("i32", [count], classes.slice(start, start + count)),
    tokens: hostTensor("f32", [count, ...token], tokens),
  };
}

/**
 * Two models as one generator: the VAE decodes latents of the AR model's scale.
 *
 * @throws {UserError} where the AR model's tokens are not those of the VAE
 */
export function fitted({ ar, vae }: Generator): Generator {
  const { image_size, patch_size, latent_dim } = vae.config;
  const grid = image_size / patch_size;
  const differing = differingLaw(ar.config, vae.config);
  if (differing !== undefined) {
    throw new UserError(
      "Cannot sample: the AR model's latents are of another law than the " +
        `VAE's: ${differing}`,
    );
  }
  if (ar.config.grid === grid && ar.config.latent_dim === latent_dim) {
    return { ar, vae: scaledBy(vae, ar.config) };
  }
  throw new UserError(
    `Cannot sample: the AR model makes ${ar.config.grid} x ${ar.config.grid} ` +
      `tokens of ${ar.config.latent_dim} numbers, the S-VAE has ${grid} x ` +
      `${grid} of ${latent_dim}`,
  );
}
