import { lawOf } from "../../model/mod.ts";
import type { ArtifactReader, JsonRecord } from "../../artifact/mod.ts";
import type { StageContext, StageSummary } from "../../pipeline/mod.ts";
import { batchesIn, joinShares, Shards } from "../pieces/mod.ts";
import {
  type Finished,
  PictureStore,
  PNG_NAMES,
  type SampleOutputs,
  writeOutputs,
} from "./outputs.ts";
import {
  planSamples,
  type SampleInputs,
  type SampleOptions,
  type SamplePlan,
} from "./plan.ts";
import { sampleBatches } from "./sampling.ts";
import { Speed } from "./speed.ts";

/** A run of the stage. */
export interface SampleContext
  extends Omit<StageContext<SampleOptions>, "inputs" | "outputs"> {
  readonly inputs: SampleInputs;
  readonly outputs: SampleOutputs;
}

/** What sampling needs once it is planned. */
export type SamplingContext = Omit<SampleContext, "inputs" | "options">;

/** A finished run whose batches lie in shards. */
export interface FinishedRun extends Finished {
  readonly batches: Shards;
}

/** Samples this process's share, and ends the run where nothing is missing then. */
export async function runSample(context: SampleContext): Promise<StageSummary> {
  const { outputs } = context;
  await probe(outputs);
  const plan = await planSamples(context);
  const earlier = await earlierSamples(outputs);
  if (earlier !== undefined) return await takeEarlier(earlier, context, plan);
  return await sampleThen(
    context,
    plan,
    (finished) => writeOutputs(outputs, finished),
  );
}

/**
 * Samples this process's share, then ends the run where nothing is missing and no
 * other rank does it.
 *
 * @param end is given all batches
 */
export async function sampleThen(
  context: SamplingContext,
  plan: SamplePlan,
  end: (finished: FinishedRun) => Promise<void>,
): Promise<StageSummary> {
  const { outputs, scratch } = context;
  const { cut } = plan;
  const parts = {
    shards: new Shards(scratch, {
      cut,
      kind: "samples",
      ...outputs.trace && { needs: ["decoded"] },
    }),
    pictures: new PictureStore(scratch),
  };
  const speed = await sampleShare(context, plan, parts);
  const { shards: batches, pictures } = parts;
  const missingBatches = await joinShares(batches, {
    ...context,
    async write() {
      // The outputs say which engine made them, also where no batch was missing.
      await context.engine();
      await end({ ...finishedOf(plan, { batches, pictures }), batches });
    },
  });
  return {
    ...summaryOf(plan),
    ...speed && { speed },
    ...missingBatches !== undefined && { missingBatches },
  };
}

function summaryOf({ classes, from, numbers }: SamplePlan): StageSummary {
  const { perClass: _, ...sampling } = numbers;
  return { images: classes.length, sampling: { from, ...sampling } };
}

function finishedOf(
  { generator: { ar, vae }, models, names, numbers, classes, indices }:
    SamplePlan,
  batches: Pick<Finished, "batches" | "pictures">,
): Finished {
  const { perClass: _, ...sampling } = numbers;
  const { image_size: size } = vae.config;
  const law = lawOf(vae.config);
  const { grid, latent_dim } = ar.config;
  return {
    ...batches,
    size,
    titles: Array.from(classes, (label) => names[label]!),
    indices,
    token: [grid ** 2, latent_dim],
    config: { classes: names, size, sampling, models, ...law },
  };
}

/** Samples of the same recipe, where all that is asked for is in them. */
async function earlierSamples(
  { samples, trace }: SampleOutputs,
): Promise<ArtifactReader | undefined> {
  return trace === undefined ? await samples?.earlier() : undefined;
}

/** Makes the other outputs of samples that an earlier run has left. */
async function takeEarlier(
  earlier: ArtifactReader,
  { outputs: { samples, ...others }, scratch, share, log }: SampleContext,
  plan: SamplePlan,
): Promise<StageSummary> {
  try {
    if (share.rank > 0) {
      log.info("Rank 0 makes the outputs of the samples that are there");
      return summaryOf(plan);
    }
    log.info(`Takes the images of "${earlier.name}"`);
    const batches = batchesIn(earlier, plan.cut);
    const pictures = new PictureStore(scratch);
    const finished = finishedOf(plan, { batches, pictures });
    const { recipe, inputs } = earlier;
    await writeOutputs(
      { ...others, samples: undefined },
      { ...finished, made: { ...recipe && { recipe }, inputs } },
    );
    samples!.keep();
    return summaryOf(plan);
  } finally {
    earlier.close();
  }
}

/** Tells now, not after the work, which files could not be written in pieces. */
async function probe({ npz, png }: SampleOutputs): Promise<void> {
  await (await png?.createFolder(PNG_NAMES))?.abort();
  await (await npz?.createFile())?.abort();
}

interface ShareParts {
  readonly shards: Shards;
  readonly pictures: PictureStore;
}

/**
 * Samples the batches of this process that are not there.
 *
 * @returns figures of its speed, where there were any
 */
async function sampleShare(
  context: SamplingContext,
  { generator, classes, indices, numbers, recorded }: SamplePlan,
  { shards, pictures }: ShareParts,
): Promise<JsonRecord | undefined> {
  const { outputs, share, progress, seed, signal } = context;
  const { missing, images: owed, done } = await shards.shareOf(share);
  if (missing.length === 0) return undefined;
  const tokens = generator.ar.config.grid ** 2;
  const speed = new Speed(await context.engine(), tokens);
  await sampleBatches(generator, missing, {
    seed,
    signal,
    speed,
    classes,
    indices,
    numbers,
    recorded,
    shards,
    traced: outputs.trace !== undefined,
    onStart() {
      const start = { total: owed * tokens, done: done * tokens };
      speed.start(progress.start({ ...start, unit: "token" }));
    },
    async onImages(images, rows) {
      if (outputs.png !== undefined) await pictures.add(images, rows);
    },
  });
  return speed.finish();
}
