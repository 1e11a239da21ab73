import type { z } from "zod";
import {
  type ArtifactReader,
  type JsonRecord,
  UserError,
} from "../../artifact/mod.ts";
import type {
  OutputSlot,
  StageContext,
  StageSummary,
} from "../../pipeline/mod.ts";
import type { TrainingNumbers } from "../../preset/mod.ts";
import {
  type Checkpoint,
  firstCheckpoint,
  logTensors,
  readCheckpoint,
  train,
  type Trained,
  type Training,
  type TrainingStep,
} from "../../train/mod.ts";
import type { COMPUTE_OPTIONS, KEEPING_OPTIONS } from "../options/mod.ts";
import { formerState, stateKeeper } from "./kept_state.ts";
import { type GivenStart, type Start, startWeights } from "./start.ts";
import { Watcher } from "./watcher.ts";

/** How a training is computed, and what it leaves. */
type RunOptions = z.infer<
  z.ZodObject<typeof COMPUTE_OPTIONS & typeof KEEPING_OPTIONS>
>;

/** What a training stage hands over, beside its context. */
export interface StageTraining extends
  Pick<
    StageContext,
    "engine" | "seed" | "progress" | "signal" | "scratch" | "log"
  > {
  readonly numbers: Pick<TrainingNumbers, "steps" | "batch">;
  /** The step for any number of rows of the batch. */
  readonly step: (rows: number) => TrainingStep;
  readonly options: RunOptions;
  /** Where the trained weights go. */
  readonly output: OutputSlot;
  /** Sizes of the model, as its artifact has them. */
  readonly config: JsonRecord;
  /** The parameters of each player, with how they start. */
  readonly specs: Start["specs"];
  /** Weights to start from in the place of new ones. */
  readonly given?: GivenStart | undefined;
  readonly batch: Training["batch"];
}

/**
 * Runs a training with progress, checkpoints and resuming, and writes the first
 * player's weights with the log.
 */
export async function trainStage(
  training: StageTraining,
): Promise<StageSummary> {
  const { output, config, numbers: { steps } } = training;
  const { weights, log, loss } = await run(training);
  const [trained] = Object.values(weights);
  await output.write({ tensors: { ...trained, ...logTensors(log) }, config });
  return { steps, loss };
}

async function run(training: StageTraining): Promise<Trained> {
  const { numbers, step, options, output, config } = training;
  const { steps, batch: rows } = numbers;
  const whole = step(rows);
  const watcher = new Watcher(whole, {
    ...training,
    steps,
    folder: options.log,
  });
  try {
    return await train({
      engine: await training.engine(),
      step: (rows) => ({ ...step(rows), recompute: options.recompute }),
      rows,
      accumulate: options.accumulate,
      steps,
      start: () => startOf(training),
      batch: training.batch,
      checkpoint: training.scratch("checkpoint.safetensors"),
      signal: training.signal,
      ...options.keepState && { keep: await stateKeeper(output, config) },
      onStart: (done, log) => watcher.start(done, log),
      onStep: (done, report) => watcher.step(done, report),
    });
  } finally {
    watcher.close();
  }
}

/** The state that a training starts from: a kept one, or that of its weights. */
async function startOf(training: StageTraining): Promise<Checkpoint> {
  const { numbers: { steps, batch }, given, output, log } = training;
  const whole = training.step(batch);
  const former = await formerState(output, whole, { steps, log });
  if (former !== undefined) return former;
  if (given?.artifact.kind === "checkpoint") {
    return await givenState(given.artifact, whole, training);
  }
  return firstCheckpoint(whole, await startWeights(training));
}

/** @throws {UserError} where the state is not one of this training, or too far on */
async function givenState(
  artifact: ArtifactReader,
  whole: TrainingStep,
  { numbers: { steps }, log }: StageTraining,
): Promise<Checkpoint> {
  const kept = await readCheckpoint(artifact, whole);
  if (kept.step > steps) {
    throw new UserError(
      `Cannot go on from "${artifact.name}": it is at step ${kept.step}, ` +
        `expected at most the ${steps} steps of this training`,
    );
  }
  log.info(`goes on from step ${kept.step} of "${artifact.name}"`);
  return kept;
}
