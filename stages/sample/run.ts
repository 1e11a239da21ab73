import type { ArtifactReader } from "../../lib/artifact/mod.ts";
import type { StageContext, StageSummary } from "../../lib/pipeline/mod.ts";
import type { HostTensor } from "../../lib/tensor/mod.ts";
import { stringsOf } from "../shared/images.ts";
import { generatorOf, readAr, readVae } from "../shared/models.ts";
import { classesLike, classesOf, type ClassOptions } from "./classes.ts";
import { type ChosenNumbers, type GivenNumbers, numbersOf } from "./numbers.ts";
import {
  PictureStore,
  PNG_NAMES,
  type SampleOutputs,
  writeOutputs,
} from "./outputs.ts";
import {
  checkFit,
  type Generator,
  sampleBatches,
  untrainedOf,
} from "./sampling.ts";
import { Shards } from "./shards.ts";

/** What the stage's options say. */
export interface SampleOptions extends ClassOptions, GivenNumbers {
  readonly batch: number;
  readonly untrained: boolean;
}

/** A run of the stage. */
export interface SampleContext
  extends Omit<StageContext<SampleOptions>, "inputs" | "outputs"> {
  readonly inputs: Readonly<
    Record<"model" | "ar" | "svae" | "like", ArtifactReader | undefined>
  >;
  readonly outputs: SampleOutputs;
}

/** Samples this process's share, and ends the run where nothing is missing then. */
export async function runSample(context: SampleContext): Promise<StageSummary> {
  const { inputs, outputs, options, share, scratch, log } = context;
  const png = await outputs.png?.createFolder(PNG_NAMES);
  // Told now, not after the work, where the folder cannot be written.
  await png?.abort();
  const plan = await planOf(context);
  const { generator, classes, chosen } = plan;
  const traced = outputs.trace !== undefined;
  const cut = {
    images: classes.length,
    batch: Math.min(options.batch, classes.length),
  };
  const shards = new Shards(scratch, { cut, traced });
  const pictures = new PictureStore(scratch);
  await sampleShare(context, { plan, shards, pictures });
  const { from, numbers } = chosen;
  const { perClass: _, ...sampling } = numbers;
  const summary = { images: classes.length, sampling: { from, ...sampling } };
  const { length: missing } = await shards.missing();
  using claim = missing === 0 && share.world > 1
    ? await shards.claim()
    : undefined;
  if (share.world > 1 && claim === undefined) {
    log.info(
      `${missing} batches of other ranks are missing; the last to finish writes the outputs`,
    );
    return { ...summary, missingBatches: missing };
  }
  const { image_size: size } = generator.vae.config;
  const { grid, latent_dim } = generator.ar.config;
  await writeOutputs(outputs, {
    shards,
    size,
    token: [grid ** 2, latent_dim],
    config: {
      classes: stringsOf(generatorOf(inputs).ar, "classes"),
      size,
      sampling,
    },
    pictures,
  });
  return summary;
}

interface Plan {
  readonly generator: Generator;
  readonly chosen: ChosenNumbers;
  /** Class of each image. */
  readonly classes: Int32Array;
}

async function planOf(
  { inputs, options, seed }: SampleContext,
): Promise<Plan> {
  const files = generatorOf(inputs);
  const trained = await readAr(files.ar);
  const ar = options.untrained ? untrainedOf(trained, seed) : trained;
  const generator = { ar, vae: await readVae(files.svae) };
  checkFit(generator);
  const chosen = numbersOf(ar.config, options);
  const known = ar.config.num_classes;
  const { perClass } = chosen.numbers;
  const classes = inputs.like === undefined
    ? classesOf(options, { known, perClass, seed })
    : await classesLike(inputs.like, { known, options });
  return { generator, chosen, classes };
}

interface ShareParts {
  readonly plan: Plan;
  readonly shards: Shards;
  readonly pictures: PictureStore;
}

/** Samples the batches of this process that are not there. */
async function sampleShare(
  { outputs, share: { rank, world }, engine, progress, ...rest }: SampleContext,
  { plan: { generator, classes, chosen }, shards, pictures }: ShareParts,
): Promise<void> {
  const mine = (batch: number) => batch % world === rank;
  const missing = (await shards.missing()).filter(mine);
  if (missing.length === 0) return;
  const tokens = generator.ar.config.grid ** 2;
  const imagesOf = (batches: readonly number[]) =>
    batches.reduce((sum, batch) => sum + shards.rows(batch).count, 0);
  const all = Array.from({ length: shards.batches }, (_, i) => i).filter(mine);
  const total = imagesOf(all) * tokens;
  const task = progress.start({ label: "sample", total, unit: "token" });
  task.resume(total - imagesOf(missing) * tokens);
  await sampleBatches(generator, missing, {
    ...rest,
    engine: await engine(),
    classes,
    numbers: chosen.numbers,
    shards,
    traced: outputs.trace !== undefined,
    task,
    onImages: async (images: HostTensor<"u8">, rows) => {
      if (outputs.png !== undefined) await pictures.add(images, rows);
    },
  });
  task.finish();
}
