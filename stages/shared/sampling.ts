import {
  type ArtifactReader,
  assertLabels,
  UserError,
} from "../../lib/artifact/mod.ts";
import { AR_INITIALIZERS, arShapes } from "../../lib/model/mod.ts";
import { initialize } from "../../lib/nn/mod.ts";
import type { StageContext } from "../../lib/pipeline/mod.ts";
import type { Sampling } from "../../lib/preset/mod.ts";
import { RandomStream } from "../../lib/random/mod.ts";
import {
  type ArModel,
  Decoder,
  Sampler,
  toBytes,
  type VaeModel,
} from "../../lib/sample/mod.ts";
import {
  type Engine,
  type HostTensor,
  hostTensor,
} from "../../lib/tensor/mod.ts";

/**
 * The class of each image: those asked for in turn, else `perClass` of each.
 *
 * @throws {UserError} when the model has no such class
 */
export function classesOf(
  { classes, count }: {
    classes?: string | undefined;
    count?: number | undefined;
  },
  { known, perClass }: { known: number; perClass: number },
): Int32Array {
  const list = classes === undefined
    ? Array.from({ length: known }, (_, label) => label)
    : classes.split(",").map(Number);
  const bad = list.find((label) => label >= known);
  if (bad !== undefined) {
    throw new UserError(
      `Cannot sample class ${bad}: the model has classes 0 to ${known - 1}`,
    );
  }
  const total = count ?? list.length * perClass;
  return Int32Array.from({ length: total }, (_, i) => list[i % list.length]!);
}

/** The same AR model with the values that its training started from. */
export function untrainedOf({ config }: ArModel, seed: number): ArModel {
  const weights = initialize(
    arShapes(config),
    AR_INITIALIZERS,
    (name) => new RandomStream({ seed, stream: `initial ${name}` }),
  );
  return { config, weights };
}

/**
 * The class of each image of another set: what is compared with that set must
 * hold its classes in the same shares.
 *
 * @throws {UserError} when the model lacks a class, or classes or a count are
 *   asked for too
 */
export async function classesLike(
  reader: ArtifactReader,
  { known, options }: {
    readonly known: number;
    readonly options: {
      readonly classes?: string | undefined;
      readonly count?: number | undefined;
    };
  },
): Promise<Int32Array> {
  if (options.classes !== undefined || options.count !== undefined) {
    throw new UserError(
      "Cannot take classes from an option and from --like: expected one of " +
        "--like, and --classes or --count",
    );
  }
  const labels = await reader.read("labels") as HostTensor<"i32">;
  assertLabels(labels, { classes: known, file: reader.name });
  return labels.data;
}

/** Both halves of a trained generator. */
export interface Generator {
  readonly ar: ArModel;
  readonly vae: VaeModel;
}

/** What sampling needs of a stage's context, and its numbers. */
export interface SamplingRun
  extends Pick<StageContext, "seed" | "progress" | "signal"> {
  readonly engine: Engine;
  readonly classes: Int32Array;
  /** Images in one engine call; batches are cut by image index. */
  readonly batch: number;
  readonly numbers: Sampling;
}

/**
 * Samples and decodes images, a fixed batch of indices at a time.
 *
 * @returns images u8 [n, H, W, 3], labels i32 [n], tokens f32 [n, N, d]
 * @throws {UserError} when the models do not fit each other
 */
export async function sampleImages(
  { ar, vae }: Generator,
  { engine, classes, batch, numbers, seed, progress, signal }: SamplingRun,
): Promise<Record<string, HostTensor>> {
  checkFit({ ar, vae });
  const { image_size: size, latent_dim: d } = vae.config;
  const [count, tokens] = [classes.length, ar.config.grid ** 2];
  const images = new Uint8Array(count * size * size * 3);
  const latents = new Float32Array(count * tokens * d);
  const { solver, steps, cfg, cfgSchedule } = numbers;
  const sampler = await Sampler.create(engine, ar, {
    images: batch,
    solver,
    steps,
    guidance: { cfg, schedule: cfgSchedule },
  });
  const decoder = await Decoder.create(engine, vae, batch);
  const task = progress.start({
    label: "sample",
    total: Math.ceil(count / batch) * tokens,
    unit: "token",
  });
  for (let start = 0; start < count; start += batch) {
    const rows = Math.min(batch, count - start);
    // The last batch is filled up: programs have one batch size.
    const at = (row: number) => Math.min(start + row, count - 1);
    const z = await sampler.sample({
      classes: Int32Array.from({ length: batch }, (_, i) => classes[at(i)]!),
      indices: Uint32Array.from({ length: batch }, (_, i) => start + i),
      seed: BigInt(seed),
      signal,
      onToken: () => task.advance(),
    });
    const bytes = toBytes(await decoder.decode(z));
    const pixels = size * size * 3;
    images.set(bytes.data.subarray(0, rows * pixels), start * pixels);
    latents.set(z.data.subarray(0, rows * tokens * d), start * tokens * d);
  }
  task.finish();
  sampler.dispose();
  decoder.dispose();
  return {
    images: hostTensor("u8", [count, size, size, 3], images),
    labels: hostTensor("i32", [count], classes),
    tokens: hostTensor("f32", [count, tokens, d], latents),
  };
}

function checkFit({ ar, vae }: Generator): void {
  const { image_size, patch_size, latent_dim } = vae.config;
  const grid = image_size / patch_size;
  if (ar.config.grid === grid && ar.config.latent_dim === latent_dim) return;
  throw new UserError(
    `Cannot sample: the AR model makes ${ar.config.grid} x ${ar.config.grid} ` +
      `tokens of ${ar.config.latent_dim} numbers, the S-VAE has ${grid} x ` +
      `${grid} of ${latent_dim}`,
  );
}
