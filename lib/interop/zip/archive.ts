import { crc32 } from "node:zlib";
import type { ByteSource } from "../../artifact/mod.ts";
import { CheckpointError, type Fail, quoted } from "../checkpoint_error.ts";
import {
  checkPlace,
  type DirectoryPlace,
  findEnd,
  parseDirectory,
  parseEnd,
  parseZip64End,
  type ZipEntry,
  type ZipRule,
} from "./directory.ts";
import {
  END,
  LOCAL,
  MAX_COMMENT_BYTES,
  STORED,
  ZIP64_END,
  ZIP64_LOCATOR,
} from "./format.ts";

const CHUNK_BYTES = 4 * 1024 * 1024;

/** Entries as PyTorch writes them, which can be read by ranges. */
const STORED_ALONE: ZipRule = {
  methods: [STORED],
  expected: "stored entries as PyTorch writes them",
};

/**
 * A zip archive, whose stored entries are read by ranges.
 *
 * Nothing is unpacked to disk, and no more than a range is in memory.
 */
export class ZipArchive {
  /** Every entry by its name. */
  readonly entries: ReadonlyMap<string, ZipEntry>;
  private readonly source: ByteSource;
  private readonly fail: Fail;
  /** First bytes of the contents whose checksums were found right. */
  private readonly checked = new Map<ZipEntry, Promise<number>>();

  private constructor(
    source: ByteSource,
    { entries, fail }: Pick<ZipArchive, "entries"> & { readonly fail: Fail },
  ) {
    this.source = source;
    this.entries = entries;
    this.fail = fail;
  }

  /**
   * Reads the directory of an archive.
   *
   * @throws {CheckpointError} where it is malformed, overlapping, encrypted,
   *   compressed otherwise than the rule allows, or names could lead outside a
   *   folder
   */
  static async open(
    source: ByteSource,
    rule: ZipRule = STORED_ALONE,
  ): Promise<ZipArchive> {
    const fail: Fail = (detail) => new CheckpointError(source.name, detail);
    const place = await findDirectory(source, fail);
    const bytes = await readRange(source, {
      at: place.at,
      length: place.bytes,
    });
    const entries = parseDirectory(bytes, { place, rule, fail });
    return new ZipArchive(source, { entries, fail });
  }

  /**
   * Bytes of a stored entry, whose checksum is verified at the first call.
   *
   * @throws {CheckpointError} where the entry is damaged or the range is not inside
   */
  async read(
    entry: ZipEntry,
    { at = 0, length = entry.size }: {
      readonly at?: number;
      readonly length?: number;
    } = {},
  ): Promise<Uint8Array<ArrayBuffer>> {
    if (!(at >= 0 && at + length <= entry.size)) {
      throw this.fail(
        `bytes ${at} to ${at + length} of entry ${quoted(entry.name)} are ` +
          `not there, it has ${entry.size}`,
      );
    }
    let start = this.checked.get(entry);
    if (start === undefined) {
      start = this.verify(entry);
      this.checked.set(entry, start);
    }
    return await readRange(this.source, { at: await start + at, length });
  }

  /**
   * The first bytes of an entry's content, no more than there are; they are not
   * verified.
   *
   * @throws {CheckpointError} where they cannot be inflated
   */
  async start(
    entry: ZipEntry,
    most: number,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const start = new Uint8Array(Math.min(most, entry.size));
    if (entry.method === STORED) {
      await this.source.readInto(start, await this.contentAt(entry));
      return start;
    }
    let filled = 0;
    for await (const piece of this.pieces(entry)) {
      start.set(piece.subarray(0, start.length - filled), filled);
      filled += Math.min(piece.length, start.length - filled);
      if (filled === start.length) break;
    }
    return start;
  }

  /**
   * The content of an entry in pieces, deflated or not; size and checksum are
   * verified at its end.
   *
   * @throws {CheckpointError} where the entry is damaged
   */
  async *pieces(entry: ZipEntry): AsyncGenerator<Uint8Array> {
    const damaged = (detail: string) =>
      this.fail(`entry ${quoted(entry.name)} is damaged: ${detail}`);
    const packed = ReadableStream.from(this.packedPieces(entry));
    const content = entry.method === STORED
      ? packed
      : packed.pipeThrough(new DecompressionStream("deflate-raw"));
    let [bytes, crc] = [0, 0];
    try {
      for await (const piece of content) {
        bytes += piece.length;
        if (bytes > entry.size) break;
        crc = crc32(piece, crc);
        yield piece;
      }
    } catch (error) {
      // What inflating throws at bytes that it does not understand.
      if (!(error instanceof TypeError)) throw error;
      throw damaged(error.message);
    }
    if (bytes !== entry.size) {
      throw damaged(
        `it holds ${bytes > entry.size ? "more than" : `${bytes} of`} ` +
          `${entry.size} bytes`,
      );
    }
    if (crc !== entry.crc) throw damaged(checksumText(crc, entry));
  }

  private async *packedPieces(
    entry: ZipEntry,
  ): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    const start = await this.contentAt(entry);
    for (let done = 0; done < entry.packed; done += CHUNK_BYTES) {
      const length = Math.min(CHUNK_BYTES, entry.packed - done);
      yield await readRange(this.source, { at: start + done, length });
    }
  }

  /** Checks an entry's header and checksum; returns where its content begins. */
  private async verify(entry: ZipEntry): Promise<number> {
    const start = await this.contentAt(entry);
    const buffer = new Uint8Array(Math.min(CHUNK_BYTES, entry.size));
    let crc = 0;
    for (let done = 0; done < entry.size;) {
      const part = buffer.subarray(0, Math.min(CHUNK_BYTES, entry.size - done));
      await this.source.readInto(part, start + done);
      crc = crc32(part, crc);
      done += part.length;
    }
    if (crc === entry.crc) return start;
    throw this.fail(
      `entry ${quoted(entry.name)} is damaged: ${checksumText(crc, entry)}`,
    );
  }

  private async contentAt(entry: ZipEntry): Promise<number> {
    const { name, method, headerAt, packed, limit } = entry;
    const bytes = new TextEncoder().encode(name);
    const header = await readRange(this.source, {
      at: headerAt,
      length: LOCAL.bytes,
    });
    const view = new DataView(header.buffer);
    const nameBytes = view.getUint16(26, true);
    const start = headerAt + LOCAL.bytes + nameBytes + view.getUint16(28, true);
    const same = view.getUint32(0, true) === LOCAL.signature &&
      view.getUint16(8, true) === method && nameBytes === bytes.length &&
      start + packed <= limit;
    if (same) {
      const at = headerAt + LOCAL.bytes;
      const found = await readRange(this.source, { at, length: nameBytes });
      if (found.every((byte, index) => byte === bytes[index])) return start;
    }
    throw this.fail(
      `entry ${quoted(name)} has no fitting header at byte ${headerAt}`,
    );
  }
}

function checksumText(crc: number, { crc: expected }: ZipEntry): string {
  return `its checksum is ${crc.toString(16)}, expected ${
    expected.toString(16)
  }`;
}

async function findDirectory(
  source: ByteSource,
  fail: Fail,
): Promise<DirectoryPlace> {
  const most = ZIP64_LOCATOR.bytes + END.bytes + MAX_COMMENT_BYTES;
  const length = Math.min(source.size, most);
  const tailAt = source.size - length;
  const tail = await readView(source, { at: tailAt, length });
  const at = findEnd(tail, fail);
  const { zip64At, ...plain } = parseEnd(tail, { at, fail });
  let [place, end]: [DirectoryPlace, number] = [plain, tailAt + at];
  if (zip64At !== undefined) {
    end = zip64At;
    if (!(zip64At + ZIP64_END.bytes <= source.size)) {
      throw fail("its zip64 end record lies outside the file");
    }
    const record = await readView(source, {
      at: zip64At,
      length: ZIP64_END.bytes,
    });
    place = parseZip64End(record, fail);
  }
  checkPlace(place, { end, fail });
  return place;
}

interface ByteRange {
  readonly at: number;
  readonly length: number;
}

async function readRange(
  source: ByteSource,
  { at, length }: ByteRange,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  await source.readInto(bytes, at);
  return bytes;
}

async function readView(
  source: ByteSource,
  range: ByteRange,
): Promise<DataView> {
  return new DataView((await readRange(source, range)).buffer);
}
