import { dirname } from "node:path";
import { exists, ioError, UserError } from "../artifact/mod.ts";
import type { PlannedStep } from "./plan.ts";
import { placeOf } from "./scratch.ts";

/** Bytes of a lock file that are read: more is not ours. */
const HOLDER_BYTES = 512;

const ATTEMPTS = 3;
const PAUSE_MS = 20;

const NO_LOCK: Disposable = { [Symbol.dispose]() {} };

/**
 * Locks a step's outputs against other processes; ranks that share its work
 * share the lock. The system frees it when a process ends, however it does, so
 * that a file left behind locks nothing.
 *
 * @throws {UserError} when another process is at the step
 */
export async function lockStep(step: PlannedStep): Promise<Disposable> {
  const place = placeOf(step);
  if (place === undefined) return NO_LOCK;
  const path = lockPath(place);
  const isShared = (step.share?.world ?? 1) > 1;
  for (let attempt = 1;; attempt++) {
    const file = await openLock(path);
    if (await tryLock(file, !isShared)) {
      if (await isStillThere(file, path)) return await held(file, path);
    } else if (attempt >= ATTEMPTS) {
      const holder = await readHolder(file);
      file.close();
      throw new UserError(
        `Cannot run ${step.id}: ${holder} is at it ("${path}" is locked)`,
      );
    }
    // Its last holder may just be removing it.
    file.close();
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

async function openLock(path: string): Promise<Deno.FsFile> {
  try {
    await Deno.mkdir(dirname(path), { recursive: true });
    const options = { read: true, write: true, create: true };
    return await Deno.open(path, options);
  } catch (error) {
    throw ioError(error, `Cannot write "${path}"`);
  }
}

/** Whether the lock is ours; where a file system has none, nobody is kept out. */
async function tryLock(
  file: Deno.FsFile,
  exclusive: boolean,
): Promise<boolean> {
  return await file.tryLock(exclusive).catch(() => true);
}

async function isStillThere(
  file: Deno.FsFile,
  path: string,
): Promise<boolean> {
  const [mine, there] = await Promise.all([
    file.stat(),
    Deno.stat(path).catch(() => undefined),
  ]);
  return there !== undefined && there.ino === mine.ino &&
    there.dev === mine.dev;
}

async function held(file: Deno.FsFile, path: string): Promise<Disposable> {
  const text = JSON.stringify({ pid: Deno.pid, host: Deno.hostname() });
  await file.truncate();
  await file.write(new TextEncoder().encode(text));
  return {
    [Symbol.dispose]() {
      try {
        // Others that share the lock keep its file.
        if (file.tryLockSync(true)) Deno.removeSync(path);
      } catch {
        // It is gone, or stays: a file that nobody holds locks nothing.
      }
      file.close();
    },
  };
}

/** Who wrote a lock file, in words. */
async function readHolder(file: Deno.FsFile): Promise<string> {
  try {
    const bytes = new Uint8Array(HOLDER_BYTES);
    const count = await file.read(bytes) ?? 0;
    const text = new TextDecoder().decode(bytes.subarray(0, count));
    const { pid, host } = JSON.parse(text) as Record<string, unknown>;
    if (typeof pid === "number" && typeof host === "string") {
      return `process ${pid} on ${host}`;
    }
  } catch {
    // It has not written its name yet, or the system keeps it from us.
  }
  return "another process";
}
