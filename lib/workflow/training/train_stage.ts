import type { z } from "zod";
import { UserError } from "../../artifact/mod.ts";
import type { StageContext } from "../../pipeline/mod.ts";
import type { TrainingNumbers } from "../../preset/mod.ts";
import {
  type Checkpoint,
  firstCheckpoint,
  readCheckpoint,
  train,
  type Trained,
  type Training,
  type TrainingStep,
} from "../../train/mod.ts";
import type { COMPUTE_OPTIONS } from "../options/mod.ts";
import { type GivenStart, type Start, startWeights } from "./start.ts";

/** Values of {@linkcode COMPUTE_OPTIONS}. */
type ComputeOptions = z.infer<z.ZodObject<typeof COMPUTE_OPTIONS>>;

/** What a training stage hands over, beside its context. */
export interface StageTraining extends
  Pick<
    StageContext,
    "engine" | "seed" | "progress" | "signal" | "scratch" | "log"
  > {
  readonly numbers: Pick<TrainingNumbers, "steps" | "batch">;
  /** The step for any number of rows of the batch. */
  readonly step: (rows: number) => TrainingStep;
  readonly compute?: ComputeOptions;
  /** How new weights of each player are drawn. */
  readonly initializers: Start["initializers"];
  /** Weights to start from in the place of new ones. */
  readonly given?: GivenStart | undefined;
  readonly batch: Training["batch"];
}

/** Runs a training with progress, checkpoints and resuming. */
export async function trainStage(training: StageTraining): Promise<Trained> {
  const { numbers, step, compute = {}, progress } = training;
  const { steps, batch: rows } = numbers;
  const task = progress.start({
    label: step(rows).name,
    total: steps,
    unit: "step",
  });
  try {
    return await train({
      engine: await training.engine(),
      step: (rows) => ({ ...step(rows), recompute: compute.recompute }),
      rows,
      accumulate: compute.accumulate,
      steps,
      start: () => startOf(training),
      batch: training.batch,
      checkpoint: training.scratch("checkpoint.safetensors"),
      signal: training.signal,
      onStart: (done) => task.resume(done),
      onStep: (done, loss) => task.set(done, `loss ${loss.toFixed(4)}`),
    });
  } finally {
    task.finish();
  }
}

/** The state that a training starts from: a kept one, or that of its weights. */
async function startOf(
  { numbers, step, given, ...start }: StageTraining,
): Promise<Checkpoint> {
  const whole = step(numbers.batch);
  if (given?.artifact.kind !== "checkpoint") {
    const weights = await startWeights(whole, { ...start, given });
    return firstCheckpoint(whole, weights);
  }
  const kept = await readCheckpoint(given.artifact, whole);
  const { name } = given.artifact;
  if (kept.step > numbers.steps) {
    throw new UserError(
      `Cannot go on from "${name}": it is at step ${kept.step}, expected at ` +
        `most the ${numbers.steps} steps of this training`,
    );
  }
  start.log.info(`goes on from step ${kept.step} of "${name}"`);
  return kept;
}
