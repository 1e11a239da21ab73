import type { z } from "zod";
import type { StageContext } from "../../pipeline/mod.ts";
import type { TrainingNumbers } from "../../preset/mod.ts";
import { initialize, type InitializerTable } from "../../nn/mod.ts";
import type { HostTensor } from "../../tensor/mod.ts";
import { RandomStream } from "../../random/mod.ts";
import {
  type PlayerValues,
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
  readonly numbers: Pick<TrainingNumbers, "steps" | "batch">;
  /** The step for any number of rows of the batch. */
  readonly step: (rows: number) => TrainingStep;
  readonly compute?: ComputeOptions;
  /** How the weights of each player start. */
  readonly initializers: Readonly<Record<string, InitializerTable>>;
  readonly batch: Training["batch"];
}

/** Runs a training with progress, checkpoints and resuming. */
export async function trainStage(
  { numbers, step, compute = {}, initializers, batch, ...context }:
    StageTraining,
): Promise<Trained> {
  const { progress, signal } = context;
  const { steps } = numbers;
  const whole = step(numbers.batch);
  const task = progress.start({
    label: whole.name,
    total: steps,
    unit: "step",
  });
  try {
    return await train({
      engine: await context.engine(),
      step: (rows) => ({ ...step(rows), recompute: compute.recompute }),
      rows: numbers.batch,
      accumulate: compute.accumulate,
      steps,
      initial: startWeights(whole, initializers, context.seed),
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

/**
 * Starting weights of every player. Draws are of a parameter's name, those of
 * the first player by that name alone.
 */
function startWeights(
  { players }: TrainingStep,
  initializers: StageTraining["initializers"],
  seed: number,
): PlayerValues {
  const weights: Record<string, Record<string, HostTensor>> = {};
  Object.entries(players).forEach(([player, { shapes }], place) => {
    const path = place === 0 ? "" : `${player} `;
    weights[player] = initialize(
      shapes,
      initializers[player]!,
      (name) => new RandomStream({ seed, stream: `initial ${path}${name}` }),
    );
  });
  return weights;
}
