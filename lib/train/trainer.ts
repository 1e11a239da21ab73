import { StopError } from "../parallel/mod.ts";
import { Ahead } from "./ahead.ts";
import { compileStep } from "./compile_step.ts";
import type { Batch } from "./compiled_step.ts";
import { Decisions } from "./decisions.ts";
import { TrainingRun } from "./run.ts";
import type { Trained, Training } from "./training.ts";

/** Wall time between checkpoints, where nobody says how much a kill may cost. */
const CHECKPOINT_SECONDS = 30;

/** Shares of the time since the start that a training waited. */
interface Waits {
  /** For data. */
  readonly waited: number;
  /** For other ranks; absent where it has parts for none. */
  readonly waitedForRanks?: number | undefined;
}

/**
 * Trains, or goes on from a checkpoint, to its last step.
 *
 * When the signal is set, the running step is finished and saved first.
 *
 * @throws {UserError} when the loss or its gradient is not finite; the last good
 *   checkpoint stays
 */
export async function train(
  training: Training,
): Promise<Trained & Waits> {
  const { engine, steps, signal } = training;
  const { checkpointSeconds = CHECKPOINT_SECONDS } = training;
  const compiled = await compileStep(engine, training);
  const { rows } = compiled;
  const run = await TrainingRun.start(training, compiled);
  let batches: Ahead<Batch> | undefined;
  try {
    const { log, memory } = run;
    await training.onStart?.(run.step, { log, memory });
    const decisions = new Decisions({ ...training, checkpointSeconds });
    batches = new Ahead({
      from: run.step,
      to: steps,
      make: (step, used) => training.batch(step, { rows, used }),
      bytesOf,
    });
    while (run.step < steps) {
      const batch = await batches.take();
      const running = run.advance(batch);
      batches.prepare();
      await running;
      batches.giveBack(batch);
      await run.pause();
      const { save, stop } = await decisions.afterStep();
      if (save || stop) {
        await run.save();
        decisions.saved();
      }
      if (stop) throw signal.reason ?? new StopError();
    }
    await run.readLog();
    const { waited } = batches;
    const { waitedForRanks } = run;
    await training.keep?.(run.saved());
    return { ...await run.result(), waited, waitedForRanks };
  } finally {
    // They may use what is closed after a training.
    await batches?.settled();
    run.dispose();
  }
}

/** Bytes of a batch's tensors on the host. */
function bytesOf(batch: Batch): number {
  return Object.values(batch).reduce(
    (sum, value) => sum + ("data" in value ? value.data.byteLength : 0),
    0,
  );
}
