import process from "node:process";
import { basename, dirname, join } from "node:path";
import { errorCode, ioError, UserError } from "./user_error.ts";

/** Whether something is at a path. */
export async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

/** A file being written beside its place; it appears there on commit. */
export interface AtomicFile {
  /** Appends bytes, or writes them at byte `at`. */
  write(bytes: Uint8Array, at?: number): Promise<void>;
  /** Flushes to the device and moves the file to its place. */
  commit(): Promise<void>;
  /** Removes what was written; after commit it does nothing. */
  abort(): Promise<void>;
}

/**
 * Starts a file that replaces `path` only when it is complete.
 *
 * The bytes go to a hidden file in the same folder; commit flushes it, renames
 * it and flushes the folder, so a power cut leaves the old or the new file.
 * The folder is made where it is missing. Leftovers of writers that were
 * killed are removed. A link keeps pointing where it points; a device or a
 * named pipe stays what it is and gets the bytes at commit.
 *
 * @throws {UserError} when the folder cannot be written
 */
export async function createAtomic(name: string): Promise<AtomicFile> {
  const action = `Cannot write "${name}"`;
  if (basename(name) === "") {
    throw new UserError(`${action}: expected the path of a file`);
  }
  try {
    await Deno.mkdir(dirname(name), { recursive: true });
    const path = await Deno.realPath(name).catch(() => name);
    const found = await Deno.stat(path).catch(() => undefined);
    if (found?.isDirectory) {
      throw new UserError(`${action}: a folder has that name`);
    }
    if (found !== undefined && !found.isFile) return new DeviceFile(path);
    await sweepLeftovers(path);
    const partial = partialName(path);
    const options = { write: true, create: true, truncate: true };
    return new PartialFile(path, {
      partial,
      file: await Deno.open(partial, options),
    });
  } catch (error) {
    throw ioError(error, action);
  }
}

let writers = 0;

/** A hidden name beside `path` that tells which process uses it. */
export function partialName(path: string): string {
  const unique = `${Deno.pid}-${writers++}`;
  return join(dirname(path), `.${basename(path)}.${unique}.partial`);
}

/** Removes partial files and folders of `path` whose writers no longer run. */
export async function sweepLeftovers(path: string): Promise<void> {
  const start = `.${basename(path)}.`;
  for await (const { name } of Deno.readDir(dirname(path))) {
    if (!name.startsWith(start)) continue;
    const owner = /^(\d+)-\d+\.partial$/.exec(name.slice(start.length))?.[1];
    if (owner === undefined || isAlive(Number(owner))) continue;
    const left = join(dirname(path), name);
    await Deno.remove(left, { recursive: true }).catch(() => {});
  }
}

function isAlive(pid: number): boolean {
  if (pid === Deno.pid) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) !== "ESRCH";
  }
}

class PartialFile implements AtomicFile {
  private readonly path: string;
  private readonly partial: string;
  private readonly file: Deno.FsFile;
  private done = false;

  constructor(
    path: string,
    { partial, file }: { partial: string; file: Deno.FsFile },
  ) {
    this.path = path;
    this.partial = partial;
    this.file = file;
  }

  async write(bytes: Uint8Array, at?: number): Promise<void> {
    try {
      if (at !== undefined) await this.file.seek(at, Deno.SeekMode.Start);
      await writeWhole(this.file, bytes);
    } catch (error) {
      await this.abort();
      throw ioError(error, `Cannot write "${this.path}"`);
    }
  }

  async commit(): Promise<void> {
    try {
      await this.file.sync();
      this.file.close();
      await Deno.rename(this.partial, this.path);
      this.done = true;
      await syncFolder(dirname(this.path));
    } catch (error) {
      await this.abort();
      throw ioError(error, `Cannot write "${this.path}"`);
    }
  }

  async abort(): Promise<void> {
    if (this.done) return;
    this.done = true;
    try {
      this.file.close();
    } catch {
      // Closed by a commit that failed later.
    }
    await Deno.remove(this.partial).catch(() => {});
  }
}

/** A device or a named pipe: it has no places, so pieces wait for the end. */
class DeviceFile implements AtomicFile {
  private readonly path: string;
  private pieces: { readonly at: number; readonly bytes: Uint8Array }[] = [];
  private end = 0;

  constructor(path: string) {
    this.path = path;
  }

  write(bytes: Uint8Array, at = this.end): Promise<void> {
    this.pieces.push({ at, bytes: bytes.slice() });
    this.end = at + bytes.length;
    return Promise.resolve();
  }

  async commit(): Promise<void> {
    const pieces = this.pieces.sort((a, b) => a.at - b.at);
    try {
      using file = await Deno.open(this.path, { write: true });
      for (const { bytes } of pieces) await writeWhole(file, bytes);
    } catch (error) {
      throw ioError(error, `Cannot write "${this.path}"`);
    }
  }

  abort(): Promise<void> {
    this.pieces = [];
    return Promise.resolve();
  }
}

/** Writes all bytes where the file stands. */
export async function writeWhole(
  file: Deno.FsFile,
  bytes: Uint8Array,
): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    written += await file.write(bytes.subarray(written));
  }
}

/** Makes a rename durable; file systems without folder flushing skip it. */
export async function syncFolder(folder: string): Promise<void> {
  try {
    using handle = await Deno.open(folder);
    await handle.sync();
  } catch {
    // The rename itself has succeeded.
  }
}

/**
 * Writes a text file that appears whole or not at all.
 *
 * @throws {UserError} when it cannot be written
 */
export async function writeTextAtomic(
  path: string,
  text: string,
): Promise<void> {
  await writeBytesAtomic(path, new TextEncoder().encode(text));
}

/**
 * Writes a file that appears whole or not at all.
 *
 * @throws {UserError} when it cannot be written
 */
export async function writeBytesAtomic(
  path: string,
  bytes: Uint8Array,
): Promise<void> {
  const file = await createAtomic(path);
  await file.write(bytes);
  await file.commit();
}

/**
 * Reads a text file in UTF-8.
 *
 * @throws {UserError} when it is missing, unreadable, too long or not UTF-8
 */
export async function readTextFile(
  path: string,
  { maxBytes = 100_000_000 }: { maxBytes?: number } = {},
): Promise<string> {
  const bytes = await readBytes(path, { maxBytes });
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new UserError(`Cannot read "${path}": it is not UTF-8 text`);
  }
}

/**
 * Reads a file or a pipe, and no more of it than it may have.
 *
 * @throws {UserError} when it is missing, unreadable or too long
 */
export async function readBytes(
  path: string,
  { maxBytes }: { maxBytes: number },
): Promise<Uint8Array<ArrayBuffer>> {
  const action = `Cannot read "${path}"`;
  const tooLong = new UserError(
    `${action}: expected at most ${maxBytes} bytes, found more`,
  );
  const pieces: Uint8Array[] = [];
  let total = 0;
  try {
    using file = await Deno.open(path);
    if ((await file.stat()).size > maxBytes) throw tooLong;
    // Pipes and devices do not say how much they hold.
    for await (const piece of file.readable) {
      total += piece.length;
      if (total > maxBytes) throw tooLong;
      pieces.push(piece);
    }
  } catch (error) {
    throw ioError(error, action);
  }
  const bytes = new Uint8Array(total);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
