import { createHash } from "node:crypto";
import { join } from "node:path";
import { ioError, UserError } from "./user_error.ts";

const CHUNK_BYTES = 8 * 1024 * 1024;

/** Reads of up to so many bytes take less time than waiting for them costs. */
const SMALL_BYTES = 64 * 1024;

/** Bytes that can be read at any place: a file, or a buffer from a stream. */
export interface ByteSource {
  /** Path, or a word such as "standard input", for messages. */
  readonly name: string;
  /** Bytes in all. */
  readonly size: number;
  /** Fills `into` from byte `at`; the range must lie inside the source. */
  readInto(into: Uint8Array, at: number): Promise<void>;
  /** The bytes themselves where they are in memory already. */
  view?(at: number, length: number): Uint8Array<ArrayBuffer>;
  /** Opens the file again, for reads that go on beside those of others. */
  again?(): Promise<ByteSource>;
  /** Lets the file go. */
  close(): void;
}

/** How a file is read. */
export interface OpenFileOptions {
  /** Most bytes of reads that nothing else goes on beside. */
  readonly atOnce?: number;
}

/**
 * Opens a file for reading at any place.
 *
 * @throws {UserError} when it is missing, unreadable or not a regular file
 */
export async function openFile(
  path: string,
  { atOnce = SMALL_BYTES }: OpenFileOptions = {},
): Promise<ByteSource> {
  try {
    const file = await Deno.open(path);
    const { isFile, isDirectory, size } = await file.stat();
    if (isFile) return new FileSource(path, { file, size, atOnce });
    file.close();
    const found = isDirectory ? "a folder" : "neither file nor folder";
    throw new UserError(`Cannot read "${path}": expected a file, got ${found}`);
  } catch (error) {
    throw ioError(error, `Cannot read "${path}"`);
  }
}

class FileSource implements ByteSource {
  readonly name: string;
  readonly size: number;
  private readonly file: Deno.FsFile;
  private readonly atOnce: number;
  // Seek and read are two calls on one position, so readers stand in line.
  private turn: Promise<void> = Promise.resolve();
  private waiting = 0;

  constructor(
    name: string,
    { file, size, atOnce }: {
      file: Deno.FsFile;
      size: number;
      atOnce: number;
    },
  ) {
    this.atOnce = atOnce;
    this.name = name;
    this.size = size;
    this.file = file;
  }

  async readInto(into: Uint8Array, at: number): Promise<void> {
    if (this.waiting === 0 && into.length <= this.atOnce) {
      return this.readAtOnce(into, at);
    }
    this.waiting++;
    const done = this.turn.then(() => this.readNow(into, at))
      .finally(() => this.waiting--);
    this.turn = done.catch(() => {});
    await done;
  }

  private readAtOnce(into: Uint8Array, at: number): void {
    try {
      if (into.length > 0) this.file.seekSync(at, Deno.SeekMode.Start);
      for (let filled = 0; filled < into.length;) {
        const count = this.file.readSync(into.subarray(filled));
        if (count === null) throw this.shrunk(at + filled);
        filled += count;
      }
    } catch (error) {
      throw ioError(error, `Cannot read "${this.name}"`);
    }
  }

  private async readNow(into: Uint8Array, at: number): Promise<void> {
    try {
      if (into.length > 0) this.file.seekSync(at, Deno.SeekMode.Start);
      for (let filled = 0; filled < into.length;) {
        const part = into.subarray(filled, filled + CHUNK_BYTES);
        const count = await this.file.read(part);
        if (count === null) throw this.shrunk(at + filled);
        filled += count;
      }
    } catch (error) {
      throw ioError(error, `Cannot read "${this.name}"`);
    }
  }

  again(): Promise<ByteSource> {
    return openFile(this.name, { atOnce: 0 });
  }

  private shrunk(at: number): UserError {
    return new UserError(
      `Cannot read "${this.name}": it ended at byte ${at} ` +
        `of ${this.size} while being read`,
    );
  }

  close(): void {
    this.file.close();
  }
}

/** A source over bytes that are in memory already. */
export function memorySource(
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
): ByteSource {
  return {
    name,
    size: bytes.length,
    readInto(into, at) {
      into.set(bytes.subarray(at, at + into.length));
      return Promise.resolve();
    },
    view: (at, length) => bytes.subarray(at, at + length),
    close() {},
  };
}

/** SHA-256 of a source as 64 hexadecimal digits, read in pieces. */
export async function digestOf(source: ByteSource): Promise<string> {
  const hash = createHash("sha256");
  const buffer = new Uint8Array(Math.min(CHUNK_BYTES, source.size));
  for (let at = 0; at < source.size; at += buffer.length) {
    const part = buffer.subarray(0, Math.min(buffer.length, source.size - at));
    await source.readInto(part, at);
    hash.update(part);
  }
  return hash.digest("hex");
}

/** SHA-256 of a file as 64 hexadecimal digits. */
export async function digestFile(path: string): Promise<string> {
  const source = await openFile(path);
  try {
    return await digestOf(source);
  } finally {
    source.close();
  }
}

/** SHA-256 over the names and digests of files in a folder. */
export async function digestFiles(
  folder: string,
  names: readonly string[],
): Promise<string> {
  const lines: string[] = [];
  for (const name of names.toSorted()) {
    lines.push(`${name} ${await digestFile(join(folder, name))}`);
  }
  return digestBytes(lines.join("\n"));
}

/** SHA-256 of bytes or of a text in UTF-8 as 64 hexadecimal digits. */
export function digestBytes(content: Uint8Array | string): string {
  return createHash("sha256").update(content).digest("hex");
}
