import type { JsonRecord } from "../../artifact/mod.ts";
import type { Logger, OutputSlot } from "../../pipeline/mod.ts";
import {
  type Checkpoint,
  learningRate,
  readCheckpoint,
  type SavedState,
  type TrainingStep,
  writeState,
} from "../../train/mod.ts";
import { GROWING } from "./milestones.ts";

/** What stands between the name of an output and its extension. */
const LABEL = "state";

/**
 * Leaves the last state of a training beside its output.
 *
 * @throws {UserError} at once where it could not be written
 */
export async function stateKeeper(
  output: OutputSlot,
  config: JsonRecord,
): Promise<(last: SavedState) => Promise<void>> {
  const slot = output.beside(LABEL, { kind: "checkpoint" });
  await slot.requireFree();
  return (last) =>
    writeState(
      last,
      (tensors) =>
        slot.create({ tensors, config: { ...config, step: last.step } }),
    );
}

/**
 * The state that a shorter run with otherwise the same recipe has kept, where
 * going on from it is what a run from the start would do: where all its steps
 * had the learning rates of this run.
 */
export async function formerState(
  output: OutputSlot,
  step: TrainingStep,
  { steps, log }: { steps: number; log: Logger },
): Promise<Checkpoint | undefined> {
  if (output.path === undefined) return undefined;
  const slot = output.beside(LABEL, { kind: "checkpoint" });
  const reader = await slot.former(GROWING);
  if (reader === undefined) return undefined;
  try {
    const former = await readCheckpoint(reader, step);
    if (former.step > steps) return undefined;
    if (!hadSameRates(step, former.step)) {
      log.info(
        `begins at step 0: the ${former.step} steps of "${slot.path}" had ` +
          "other learning rates; --init goes on from it all the same",
      );
      return undefined;
    }
    log.info(`goes on from step ${former.step} of "${slot.path}"`);
    return former;
  } finally {
    reader.close();
  }
}

/** Whether a training of so many steps had the learning rates of this one. */
function hadSameRates({ players }: TrainingStep, done: number): boolean {
  return Object.values(players).every(({ schedule }) => {
    const before = { ...schedule, total: done };
    for (let step = 0; step < done; step++) {
      const [then, now] = [before, schedule]
        .map((rates) => learningRate(step, rates));
      if (then !== now) return false;
    }
    return true;
  });
}
