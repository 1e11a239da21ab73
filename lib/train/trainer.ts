import { Ahead } from "./ahead.ts";
import { type Batch, compileStep } from "./compiled_step.ts";
import { TrainingRun } from "./run.ts";
import type { Trained, Training } from "./training.ts";

/** Wall time between checkpoints, where nobody says how much a kill may cost. */
const CHECKPOINT_SECONDS = 30;

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
): Promise<Trained & Pick<Ahead<Batch>, "waited">> {
  const { engine, steps, signal } = training;
  const { checkpointSeconds = CHECKPOINT_SECONDS } = training;
  const run = await TrainingRun.start(
    training,
    await compileStep(engine, training),
  );
  let batches: Ahead<Batch> | undefined;
  try {
    await training.onStart?.(run.step, run.log);
    let saved = performance.now();
    batches = new Ahead({
      from: run.step,
      to: steps,
      make: (step, used) => training.batch(step, used),
      bytesOf,
    });
    while (run.step < steps) {
      const batch = await batches.take();
      const running = run.advance(batch);
      batches.prepare();
      await running;
      batches.giveBack(batch);
      await run.pause();
      const due = performance.now() - saved >= 1000 * checkpointSeconds;
      if (due || signal.aborted) {
        await run.save();
        saved = performance.now();
      }
      signal.throwIfAborted();
    }
    await run.readLog();
    const { waited } = batches;
    await training.keep?.(await run.checkpoint());
    return { ...await run.result(), waited };
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
