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
export async function train(training: Training): Promise<Trained> {
  const { engine, steps, signal } = training;
  const { checkpointSeconds = CHECKPOINT_SECONDS } = training;
  const run = await TrainingRun.start(
    training,
    await compileStep(engine, training),
  );
  let next: Promise<Batch> | undefined;
  try {
    await training.onStart?.(run.step, run.log);
    let saved = performance.now();
    next = begin(training, run.step);
    while (run.step < steps) {
      const batch = await next;
      const running = run.advance(batch);
      // The next batch is made while the engine works.
      if (run.step + 1 < steps) {
        next = begin(training, run.step + 1);
      }
      await running;
      await run.pause();
      const due = performance.now() - saved >= 1000 * checkpointSeconds;
      if (due || signal.aborted) {
        await run.save();
        saved = performance.now();
      }
      signal.throwIfAborted();
    }
    await run.readLog();
    await training.keep?.(await run.checkpoint());
    return await run.result();
  } finally {
    // It may use what is closed after a training.
    await next?.catch(() => {});
    run.dispose();
  }
}

/** Begins a batch; what goes wrong is told where the batch is waited for. */
function begin({ batch }: Training, step: number): Promise<Batch> {
  const made = Promise.resolve(batch(step));
  made.catch(() => {});
  return made;
}
