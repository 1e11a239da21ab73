import { type ByteSource, openFile } from "../artifact/mod.ts";
import {
  arrayView,
  ELEMENT_BYTES,
  type HostTensor,
  hostTensor,
} from "../tensor/mod.ts";
import { CheckpointError, type Fail, quoted } from "./checkpoint_error.ts";
import {
  MAX_HEADER_BYTES,
  type NpyDType,
  type NpyHeader,
  parseNpyHeader,
} from "./npy_header.ts";
import { ZipArchive } from "./zip/archive.ts";
import type { ZipEntry, ZipRule } from "./zip/directory.ts";
import { DEFLATED, STORED } from "./zip/format.ts";

/** Entries as `np.savez` and `np.savez_compressed` write them. */
const ENTRIES: ZipRule = {
  methods: [STORED, DEFLATED],
  expected: "stored or deflated entries as NumPy writes them",
};

/** What an array of an archive is. */
export interface NpzArray {
  readonly dtype: NpyDType;
  readonly shape: readonly number[];
}

/** Rows of an array. */
export interface NpzRows {
  readonly start: number;
  readonly count: number;
}

/** The arrays of an archive, read as they are asked for. */
export interface NpzFile {
  /** Path of the file, for messages. */
  readonly name: string;
  /** By their names, without `.npy`. */
  readonly arrays: ReadonlyMap<string, NpzArray>;
  /**
   * A whole array; i64 as i32, which must hold it.
   *
   * @throws {CheckpointError} where it is missing, damaged or does not fit
   */
  read(name: string): Promise<HostTensor>;
  /**
   * Rows of an array, [count, ...]. Those of a deflated one are best read in
   * their order: going back inflates it again from its start.
   *
   * @throws {CheckpointError} where the array is missing, damaged, or column by
   *   column
   */
  readRows(name: string, rows: NpzRows): Promise<HostTensor>;
  /** Lets the file go. */
  close(): void;
}

/**
 * Opens an archive of NumPy arrays.
 *
 * The file is taken for hostile: pickled objects are refused, headers are read
 * by their letters, and every size is checked before anything is allocated.
 *
 * @throws {CheckpointError} where it is malformed or holds what is not read
 * @throws {UserError} where there is no such file
 */
export async function openNpz(path: string): Promise<NpzFile> {
  const source = await openFile(path);
  try {
    return await ArchivedArrays.open(source);
  } catch (error) {
    source.close();
    throw error;
  }
}

interface Member extends NpyHeader {
  readonly entry: ZipEntry;
  /** Bytes of a deflated entry, from one to the next. */
  cursor?: Cursor;
}

class ArchivedArrays implements NpzFile {
  readonly name: string;
  readonly arrays: ReadonlyMap<string, Member>;
  readonly #zip: ZipArchive;
  readonly #source: ByteSource;

  private constructor(
    source: ByteSource,
    { zip, arrays }: {
      readonly zip: ZipArchive;
      readonly arrays: ReadonlyMap<string, Member>;
    },
  ) {
    this.name = source.name;
    this.arrays = arrays;
    this.#zip = zip;
    this.#source = source;
  }

  static async open(source: ByteSource): Promise<ArchivedArrays> {
    const zip = await ZipArchive.open(source, ENTRIES);
    const arrays = new Map<string, Member>();
    for (const [name, entry] of zip.entries) {
      const fail: Fail = (detail) =>
        new CheckpointError(source.name, `array ${quoted(name)}: ${detail}`);
      if (!name.endsWith(".npy")) throw fail("expected a name with .npy");
      const start = await zip.start(entry, MAX_HEADER_BYTES);
      const header = parseNpyHeader(start, { size: entry.size, fail });
      arrays.set(name.slice(0, -".npy".length), { ...header, entry });
    }
    return new ArchivedArrays(source, { zip, arrays });
  }

  async read(name: string): Promise<HostTensor> {
    const member = this.#member(name);
    const { shape, columnMajor, elementBytes } = member;
    const length = shape.reduce((product, axis) => product * axis, 1);
    const range = { at: 0, length: length * elementBytes };
    const bytes = await this.#bytes(member, range);
    const tensor = this.#tensor(member, { shape, bytes });
    if (!columnMajor) return tensor;
    if (shape.length !== 2) throw this.#columns(name);
    return turned(tensor);
  }

  async readRows(
    name: string,
    { start, count }: NpzRows,
  ): Promise<HostTensor> {
    const member = this.#member(name);
    const [rows = 1, ...inner] = member.shape;
    if (member.columnMajor) throw this.#columns(name);
    if (!(start >= 0 && start + count <= rows)) {
      throw new RangeError(
        `Cannot read rows ${start} to ${start + count} of "${name}" in ` +
          `"${this.name}": it has ${rows}`,
      );
    }
    const rowBytes = inner.reduce((product, axis) => product * axis, 1) *
      member.elementBytes;
    const range = { at: start * rowBytes, length: count * rowBytes };
    const bytes = await this.#bytes(member, range);
    return this.#tensor(member, { shape: [count, ...inner], bytes });
  }

  close(): void {
    this.#source.close();
  }

  #member(name: string): Member {
    const member = this.arrays.get(name);
    if (member !== undefined) return member;
    const found = [...this.arrays.keys()].map(quoted).join(", ");
    throw new CheckpointError(
      this.name,
      `it has no array ${quoted(name)}, found ${found || "none"}`,
    );
  }

  #columns(name: string): CheckpointError {
    return new CheckpointError(
      this.name,
      `array ${quoted(name)} lies column by column, expected row by row`,
    );
  }

  async #bytes(
    member: Member,
    { at, length }: { readonly at: number; readonly length: number },
  ): Promise<Uint8Array<ArrayBuffer>> {
    const { entry, dataAt } = member;
    const range = { at: dataAt + at, length };
    if (entry.method === STORED) return await this.#zip.read(entry, range);
    if (member.cursor === undefined || member.cursor.at > range.at) {
      member.cursor = new Cursor(this.#zip.pieces(entry), entry.size);
    }
    return await member.cursor.take(range);
  }

  #tensor(
    { dtype }: NpyHeader,
    { shape, bytes }: {
      readonly shape: readonly number[];
      readonly bytes: Uint8Array<ArrayBuffer>;
    },
  ): HostTensor {
    if (dtype !== "i64") {
      const length = bytes.length / ELEMENT_BYTES[dtype];
      return { dtype, shape, data: arrayView(dtype, bytes.buffer, { length }) };
    }
    const wide = new BigInt64Array(bytes.buffer);
    const narrow = Int32Array.from(wide, Number);
    const lost = wide.findIndex((value, at) => value !== BigInt(narrow[at]!));
    if (lost < 0) return hostTensor("i32", shape, narrow);
    throw new CheckpointError(
      this.name,
      `a whole number is ${wide[lost]}, expected one of 32 bits`,
    );
  }
}

/** The content of an entry, taken in order. */
class Cursor {
  /** The next byte. */
  at = 0;
  readonly #pieces: AsyncGenerator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array(0);

  readonly #size: number;

  constructor(pieces: AsyncGenerator<Uint8Array>, size: number) {
    this.#pieces = pieces;
    this.#size = size;
  }

  /** Bytes from a place at or behind the next one; the content has them. */
  async take(
    { at, length }: { readonly at: number; readonly length: number },
  ): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(length);
    while (this.at < at + length) {
      if (this.#rest.length === 0) {
        const { done, value } = await this.#pieces.next();
        if (done) throw new Error("internal: an entry ends before its size");
        this.#rest = value;
      }
      const skip = Math.min(Math.max(0, at - this.at), this.#rest.length);
      const filled = this.at + skip - at;
      const wanted = skip < this.#rest.length ? length - filled : 0;
      const part = this.#rest.subarray(skip, skip + wanted);
      if (part.length > 0) bytes.set(part, filled);
      this.at += skip + part.length;
      this.#rest = this.#rest.subarray(skip + part.length);
    }
    // Behind the last byte the checksum is verified.
    if (this.at === this.#size) await this.#pieces.next();
    return bytes;
  }
}

/** A matrix that lies column by column, row by row. */
function turned({ dtype, shape, data }: HostTensor): HostTensor {
  const [rows, columns] = shape as [number, number];
  const result = data.slice();
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      result[i * columns + j] = data[j * rows + i]!;
    }
  }
  return hostTensor(dtype, shape, result as typeof data);
}
