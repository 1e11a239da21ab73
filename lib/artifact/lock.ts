import { dirname } from "node:path";
import { ioError } from "./user_error.ts";

/** Bytes of a lock file that are read: more is not ours. */
const HOLDER_BYTES = 512;

/** A lock that another process has, and which one in words. */
export class LockHeld {
  /** `process 12 on server`. */
  readonly holder: string;

  /** Names who has it. */
  constructor(holder: string) {
    this.holder = holder;
  }
}

/**
 * Locks by a file, alone or with others that share the lock. The system frees it
 * when a process ends, however it does, so that a file left behind locks
 * nothing; where a file system has no locks, nobody is kept out.
 *
 * @throws {UserError} where the file cannot be written
 */
export async function tryLock(
  path: string,
  { shared = false }: { shared?: boolean } = {},
): Promise<Disposable | LockHeld> {
  while (true) {
    const file = await openLock(path);
    const isOurs = await file.tryLock(!shared).catch(() => true);
    if (isOurs && await isStillThere(file, path)) return await held(file, path);
    const holder = await readHolder(file);
    file.close();
    // The last one who had it may have removed it since it was opened.
    if (!isOurs) return new LockHeld(holder);
  }
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
