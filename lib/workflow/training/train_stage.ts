import type { z } from "zod";
import type { StageContext } from "../../pipeline/mod.ts";
import type { TrainingNumbers } from "../../preset/mod.ts";
import { initialize, type InitializerTable } from "../../nn/mod.ts";
import { RandomStream } from "../../random/mod.ts";
import {
  train,
  type Trained,
  type Training,
  type TrainingStep,
} from "../../train/mod.ts";
import type { COMPUTE_OPTIONS } from "../options/mod.ts";

/** Values of {@linkcode COMPUTE_OPTIONS}. */
type ComputeOptions = z.infer<z.ZodObject<typeof COMPUTE_OPTIONS>>;

/** What a training stage hands over, beside its context. */
export interface StageTraining extends
  Pick<
    StageContext,
    "engine" | "seed" | "progress" | "signal" | "scratch" | "log"
  > {
  readonly numbers: TrainingNumbers;
  /** The step for any number of rows of the batch. */
  readonly step: (rows: number) => TrainingStep;
  readonly compute?: ComputeOptions;
  readonly initializers: InitializerTable;
  readonly batch: Training["batch"];
}

/** Runs a training with progress, checkpoints and resuming. */
export async function trainStage(
  { numbers, step, compute = {}, initializers, batch, ...context }:
    StageTraining,
): Promise<Trained> {
  const { seed, progress, signal } = context;
  const { name, shapes } = step(numbers.batch);
  const initial = initialize(
    shapes,
    initializers,
    (name) => new RandomStream({ seed, stream: `initial ${name}` }),
  );
  const { steps, learningRate, finalRate, warmup, ema, emaRamp } = numbers;
  const task = progress.start({
    label: name,
    total: steps,
    unit: "step",
  });
  try {
    return await train({
      engine: await context.engine(),
      step: (rows) => ({ ...step(rows), recompute: compute.recompute }),
      rows: numbers.batch,
      accumulate: compute.accumulate,
      initial,
      schedule: {
        peak: learningRate,
        min: learningRate * finalRate,
        warmup,
        decayStart: warmup,
        total: steps,
      },
      ema: { decay: ema, ramp: emaRamp },
      batch,
      checkpoint: context.scratch("checkpoint.safetensors"),
      signal,
      onStart: (done) => task.resume(done),
      onStep: (done, loss) => task.set(done, `loss ${loss.toFixed(4)}`),
    });
  } finally {
    task.finish();
  }
}
