import { LockHeld, tryLock } from "../artifact/mod.ts";
import type { TransferTools } from "./download.ts";

/** Time between two looks at a lock that another process has. */
const POLL_MS = 200;

/**
 * Keeps others from making a file at the same time, and waits for those who are
 * at it.
 *
 * @param path the file
 * @param options.what what it is called, for people
 */
export async function lockWaiting(
  path: string,
  { what, log, signal }: Pick<TransferTools, "log" | "signal"> & {
    readonly what: string;
  },
): Promise<Disposable> {
  for (let told = false;; told = true) {
    const lock = await tryLock(`${path}.lock`);
    if (!(lock instanceof LockHeld)) return lock;
    if (!told) log.info(`${what}: ${lock.holder} is getting it, waits`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    signal.throwIfAborted();
  }
}
