import type { StageContext } from "../../lib/pipeline/mod.ts";
import type { TrainingNumbers } from "../../lib/preset/mod.ts";
import { initialize, type InitializerTable } from "../../lib/nn/mod.ts";
import { RandomStream } from "../../lib/random/mod.ts";
import {
  train,
  type Trained,
  type Training,
  type TrainingStep,
} from "../../lib/train/mod.ts";

/** What a training stage hands over, beside its context. */
export interface StageTraining extends
  Pick<
    StageContext,
    "engine" | "seed" | "progress" | "signal" | "scratch" | "log"
  > {
  readonly numbers: TrainingNumbers;
  readonly step: TrainingStep;
  /** Whether blocks are computed again for their gradients. */
  readonly recompute?: boolean;
  readonly initializers: InitializerTable;
  readonly batch: Training["batch"];
}

/** Runs a training with progress, checkpoints and resuming. */
export async function trainStage(
  { numbers, step, recompute, initializers, batch, ...context }: StageTraining,
): Promise<Trained> {
  const { seed, progress, signal } = context;
  const initial = initialize(
    step.shapes,
    initializers,
    (name) => new RandomStream({ seed, stream: `initial ${name}` }),
  );
  const { steps, learningRate, finalRate, warmup, ema, emaRamp } = numbers;
  const task = progress.start({
    label: step.name,
    total: steps,
    unit: "step",
  });
  try {
    return await train({
      engine: await context.engine(),
      step: { ...step, recompute },
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
