import { exists, LockHeld, tryLock, UserError } from "../artifact/mod.ts";
import type { PlannedStep } from "./plan.ts";
import { placeOf } from "./scratch.ts";

const ATTEMPTS = 3;
const PAUSE_MS = 20;

const NO_LOCK: Disposable = { [Symbol.dispose]() {} };

/**
 * Locks a step's outputs against other processes; ranks that share its work
 * share the lock.
 *
 * @throws {UserError} when another process is at the step
 */
export async function lockStep(step: PlannedStep): Promise<Disposable> {
  const place = placeOf(step);
  if (place === undefined) return NO_LOCK;
  const path = lockPath(place);
  const shared = (step.share?.world ?? 1) > 1;
  for (let attempt = 1;; attempt++) {
    const lock = await tryLock(path, { shared });
    if (!(lock instanceof LockHeld)) return lock;
    if (attempt >= ATTEMPTS) {
      throw new UserError(
        `Cannot run ${step.id}: ${lock.holder} is at it ("${path}" is locked)`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

/** Whether a process is at a step's outputs, or was when it was killed. */
export async function isLockLeft(step: PlannedStep): Promise<boolean> {
  const place = placeOf(step);
  return place !== undefined && await exists(lockPath(place));
}

function lockPath(place: string): string {
  return `${place}.lock`;
}
