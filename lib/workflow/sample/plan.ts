import {
  type ArtifactReader,
  type JsonRecord,
  UserError,
} from "../../artifact/mod.ts";
import type { ArConfig } from "../../model/mod.ts";
import { type Guidance, imagesInBatch } from "../../sample/mod.ts";
import type { HostTensor } from "../../tensor/mod.ts";
import { stringsOf } from "../sets/mod.ts";
import { generatorOf, readAr, readVae } from "../models/mod.ts";
import {
  type ChosenNumbers,
  type GivenNumbers,
  numbersOf,
  type WeightsDType,
} from "../options/mod.ts";
import type { Cut } from "../pieces/mod.ts";
import { classesLike, classesOf, type ClassOptions } from "./classes.ts";
import { chosenIndices, indicesFromZero } from "./indices.ts";
import { modelFacts } from "./model_facts.ts";
import { readReplay, type ReplayOptions } from "./replay.ts";
import { fitted, type Generator, untrainedOf } from "./sampling.ts";

/** What the stage's options say. */
export interface SampleOptions
  extends ClassOptions, GivenNumbers, ReplayOptions {
  /** Numbers of the images, such as `0-63`. */
  readonly seeds?: string | undefined;
  readonly batch: number | "auto";
  readonly untrained: boolean;
  readonly weightsDtype: WeightsDType;
}

/** Files that the stage reads. */
export type SampleInputs = Readonly<
  Record<"model" | "ar" | "svae" | "like", ArtifactReader | undefined>
>;

/** What is to be sampled, and with what. */
export interface SamplePlan extends ChosenNumbers {
  readonly generator: Generator;
  /** What samples say of the models. */
  readonly models: JsonRecord;
  /** Names of the model's classes. */
  readonly names: readonly string[];
  /** Class of each image. */
  readonly classes: Int32Array;
  /** Number of each image: with the seed, all that its draws depend on. */
  readonly indices: Uint32Array;
  /** Draws to replay, [token, draw, row, d]. */
  readonly recorded?: HostTensor<"f32">;
  readonly cut: Cut;
}

/**
 * Reads the models and settles what is sampled of them.
 *
 * @throws {UserError} where files, options and models do not fit each other
 */
export async function planSamples(
  { inputs, options, seed }: {
    readonly inputs: SampleInputs;
    readonly options: SampleOptions;
    readonly seed: number;
  },
): Promise<SamplePlan> {
  const files = generatorOf(inputs);
  const { untrained, weightsDtype } = options;
  const trained = await readAr(files.ar, weightsDtype);
  const ar = untrained
    ? untrainedOf(trained, { seed, dtype: weightsDtype })
    : trained;
  const generator = fitted({ ar, vae: await readVae(files.svae) });
  const names = classNames(files.ar, ar.config.num_classes);
  const models = { generator, names, models: await modelFacts(inputs) };
  if (options.noise !== undefined) {
    return { ...models, ...await replayed(inputs, ar.config, options) };
  }
  if (options.noiseRun !== undefined) {
    throw new UserError("Cannot take --noise-run without --noise");
  }
  const chosen = await numbersOf(ar.config, options);
  const given = chosenIndices(options);
  const { perClass } = chosen.numbers;
  const classes = inputs.like === undefined
    ? classesOf(options, { names, perClass, seed, indices: given })
    : await classesLike(inputs.like, { known: names.length, options });
  const { length: images } = classes;
  const indices = given ?? indicesFromZero(images);
  const { cfg, cfgSchedule: schedule } = chosen.numbers;
  const guidance = { cfg, schedule };
  const batch = batchOf(ar.config, { ...options, guidance, images });
  const cut = { images, batch };
  return { ...models, ...chosen, classes, indices, cut };
}

/**
 * Images in one engine call. A number that was given stands, also where there
 * are fewer images: those are the same in every run with that number, to the
 * last digit.
 */
export function batchOf(
  config: ArConfig,
  { batch, guidance, images }: {
    readonly batch: number | "auto";
    readonly guidance: Guidance;
    readonly images: number;
  },
): number {
  if (batch !== "auto") return batch;
  return Math.min(imagesInBatch(config, guidance), images);
}

/**
 * Names of the classes of a model.
 *
 * @throws {UserError} where the file does not name each of its classes
 */
export function classNames(
  file: ArtifactReader,
  known: number,
): readonly string[] {
  const names = stringsOf(file, "classes");
  if (names.length === known) return names;
  throw new UserError(
    `Cannot use "${file.name}": config.classes has ${names.length} names, ` +
      `expected ${known}, as config.num_classes says`,
  );
}

/** A recorded run has one batch: its draws are those of all its rows. */
async function replayed(
  { like }: SampleInputs,
  config: Generator["ar"]["config"],
  options: SampleOptions,
): Promise<Omit<SamplePlan, "generator" | "models" | "names">> {
  if (like !== undefined) {
    throw new UserError(
      "Cannot take classes from --like with --noise: the recording says them",
    );
  }
  if (options.seeds !== undefined) {
    throw new UserError("Cannot take --seeds with --noise: it has its draws");
  }
  const replay = await readReplay(options.noise!, config, options);
  const { length: images } = replay.classes;
  const indices = indicesFromZero(images);
  return { ...replay, indices, cut: { images, batch: images } };
}
