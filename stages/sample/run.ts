import type { JsonRecord } from "../../lib/artifact/mod.ts";
import type { StageContext, StageSummary } from "../../lib/pipeline/mod.ts";
import {
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
import { Shards } from "./shards.ts";
import { Speed } from "./speed.ts";

/** A run of the stage. */
export interface SampleContext
  extends Omit<StageContext<SampleOptions>, "inputs" | "outputs"> {
  readonly inputs: SampleInputs;
  readonly outputs: SampleOutputs;
}

/** Samples this process's share, and ends the run where nothing is missing then. */
export async function runSample(context: SampleContext): Promise<StageSummary> {
  const { outputs, share, scratch, log } = context;
  await probe(outputs);
  const plan = await planSamples(context);
  const { generator, classes, names, from, numbers, cut } = plan;
  const parts = {
    shards: new Shards(scratch, { cut, traced: outputs.trace !== undefined }),
    pictures: new PictureStore(scratch),
  };
  const speed = await sampleShare(context, plan, parts);
  const { perClass: _, ...sampling } = numbers;
  const summary = {
    images: classes.length,
    sampling: { from, ...sampling },
    ...speed && { speed },
  };
  const missing = (await parts.shards.missing()).length;
  using claim = missing === 0 && share.world > 1
    ? await parts.shards.claim()
    : undefined;
  if (share.world > 1 && claim === undefined) {
    log.info(
      missing > 0
        ? `${missing} batches of other ranks are missing; the last to finish ` +
          "writes the outputs"
        : "Another rank writes the outputs",
    );
    return { ...summary, missingBatches: missing };
  }
  const { image_size: size } = generator.vae.config;
  const { grid, latent_dim } = generator.ar.config;
  await writeOutputs(outputs, {
    ...parts,
    size,
    token: [grid ** 2, latent_dim],
    config: { classes: names, size, sampling },
  });
  return summary;
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
  context: SampleContext,
  { generator, classes, numbers, recorded }: SamplePlan,
  { shards, pictures }: ShareParts,
): Promise<JsonRecord | undefined> {
  const { outputs, share: { rank, world }, progress, seed, signal } = context;
  const mine = (batch: number) => batch % world === rank;
  const missing = (await shards.missing()).filter(mine);
  if (missing.length === 0) return undefined;
  const tokens = generator.ar.config.grid ** 2;
  const speed = new Speed(await context.engine(), tokens);
  const all = Array.from({ length: shards.batches }, (_, i) => i).filter(mine);
  const total = shards.images(all) * tokens;
  const done = total - shards.images(missing) * tokens;
  await sampleBatches(generator, missing, {
    seed,
    signal,
    speed,
    classes,
    numbers,
    recorded,
    shards,
    traced: outputs.trace !== undefined,
    onStart() {
      const start = { label: "sample", total, unit: "token", done };
      speed.start(progress.start(start));
    },
    async onImages(images, rows) {
      if (outputs.png !== undefined) await pictures.add(images, rows);
    },
  });
  return speed.finish();
}
