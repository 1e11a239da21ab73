import { crc32 } from "node:zlib";
import { type AtomicFile, createAtomic } from "../../artifact/mod.ts";
import {
  CENTRAL,
  END,
  LOCAL,
  MARK_16,
  MARK_32,
  ZIP64_END,
  ZIP64_EXTRA,
  ZIP64_LOCATOR,
} from "./format.ts";

/** Contents begin at multiples of this, so that they can be mapped. */
const ALIGNMENT = 64;
/** Tag of the extra field that only fills up, the one that PyTorch uses. */
const PADDING_EXTRA = 0x4246;
/** Bytes of an extra field's tag and length. */
const EXTRA_BYTES = 4;
/** 1 January 1980: equal contents give equal archives. */
const DATE = 0x21;
const NEEDED_VERSION = 45;

interface Written {
  readonly name: Uint8Array;
  readonly size: number;
  readonly crc: number;
  readonly headerAt: number;
}

/** A zip archive of stored entries, written entry by entry. */
export class ZipWriter {
  private readonly file: AtomicFile;
  private readonly entries: Written[] = [];
  private at = 0;

  private constructor(file: AtomicFile) {
    this.file = file;
  }

  /**
   * Starts an archive that appears at `path` only when it is complete.
   *
   * @throws {UserError} where the place cannot be written
   */
  static async create(path: string): Promise<ZipWriter> {
    return new ZipWriter(await createAtomic(path));
  }

  /**
   * Adds an entry from its pieces in order.
   *
   * @throws {RangeError} where it has 4 GiB or more
   */
  async add(
    text: string,
    pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  ): Promise<void> {
    const name = new TextEncoder().encode(text);
    const headerAt = this.at;
    const start = contentStart(headerAt, name.length);
    let [size, crc] = [0, 0];
    for await (const piece of pieces) {
      await this.file.write(piece, start + size);
      crc = crc32(piece, crc);
      size += piece.length;
    }
    if (size >= MARK_32) {
      throw new RangeError(`Cannot write an entry of ${size} bytes: "${text}"`);
    }
    const entry = { name, size, crc, headerAt };
    await this.file.write(localHeader(entry, start), headerAt);
    this.entries.push(entry);
    this.at = start + size;
  }

  /** Writes the directory and moves the archive to its place. */
  async commit(): Promise<void> {
    const records = this.entries.map(centralRecord);
    let end = this.at;
    for (const record of records) {
      await this.file.write(record, end);
      end += record.length;
    }
    const place = { at: this.at, bytes: end - this.at, count: records.length };
    await this.file.write(endRecords(place), end);
    await this.file.commit();
  }

  /** Leaves no trace of the archive. */
  async abort(): Promise<void> {
    await this.file.abort();
  }
}

function contentStart(headerAt: number, nameBytes: number): number {
  const least = headerAt + LOCAL.bytes + nameBytes + EXTRA_BYTES;
  return Math.ceil(least / ALIGNMENT) * ALIGNMENT;
}

/** The fields that local and central headers share, from the version on. */
function putShared(
  view: DataView,
  { at, entry }: { readonly at: number; readonly entry: Written },
): void {
  view.setUint16(at, NEEDED_VERSION, true);
  // Names in UTF-8.
  view.setUint16(at + 2, 0x800, true);
  view.setUint16(at + 8, DATE, true);
  view.setUint32(at + 10, entry.crc, true);
  view.setUint32(at + 14, entry.size, true);
  view.setUint32(at + 18, entry.size, true);
  view.setUint16(at + 22, entry.name.length, true);
}

function localHeader(entry: Written, start: number): Uint8Array {
  const bytes = new Uint8Array(start - entry.headerAt);
  const view = new DataView(bytes.buffer);
  const extraAt = LOCAL.bytes + entry.name.length;
  view.setUint32(0, LOCAL.signature, true);
  putShared(view, { at: 4, entry });
  view.setUint16(28, bytes.length - extraAt, true);
  bytes.set(entry.name, LOCAL.bytes);
  view.setUint16(extraAt, PADDING_EXTRA, true);
  view.setUint16(extraAt + 2, bytes.length - extraAt - EXTRA_BYTES, true);
  return bytes;
}

function centralRecord(entry: Written): Uint8Array {
  const wide = entry.headerAt >= MARK_32;
  const extraBytes = wide ? EXTRA_BYTES + 8 : 0;
  const extraAt = CENTRAL.bytes + entry.name.length;
  const bytes = new Uint8Array(extraAt + extraBytes);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, CENTRAL.signature, true);
  view.setUint16(4, NEEDED_VERSION, true);
  putShared(view, { at: 6, entry });
  view.setUint16(30, extraBytes, true);
  view.setUint32(42, wide ? MARK_32 : entry.headerAt, true);
  bytes.set(entry.name, CENTRAL.bytes);
  if (wide) {
    view.setUint16(extraAt, ZIP64_EXTRA, true);
    view.setUint16(extraAt + 2, 8, true);
    view.setBigUint64(extraAt + EXTRA_BYTES, BigInt(entry.headerAt), true);
  }
  return bytes;
}

/** The end record, behind a zip64 one that says the same in 64 bits. */
function endRecords(
  { at, bytes, count }: {
    readonly at: number;
    readonly bytes: number;
    readonly count: number;
  },
): Uint8Array {
  const records = new Uint8Array(
    ZIP64_END.bytes + ZIP64_LOCATOR.bytes + END.bytes,
  );
  const view = new DataView(records.buffer);
  view.setUint32(0, ZIP64_END.signature, true);
  view.setBigUint64(4, BigInt(ZIP64_END.bytes - 12), true);
  view.setUint16(12, NEEDED_VERSION, true);
  view.setUint16(14, NEEDED_VERSION, true);
  view.setBigUint64(24, BigInt(count), true);
  view.setBigUint64(32, BigInt(count), true);
  view.setBigUint64(40, BigInt(bytes), true);
  view.setBigUint64(48, BigInt(at), true);
  const locatorAt = ZIP64_END.bytes;
  view.setUint32(locatorAt, ZIP64_LOCATOR.signature, true);
  view.setBigUint64(locatorAt + 8, BigInt(at + bytes), true);
  view.setUint32(locatorAt + 16, 1, true);
  const endAt = locatorAt + ZIP64_LOCATOR.bytes;
  view.setUint32(endAt, END.signature, true);
  view.setUint16(endAt + 8, Math.min(count, MARK_16), true);
  view.setUint16(endAt + 10, Math.min(count, MARK_16), true);
  view.setUint32(endAt + 12, Math.min(bytes, MARK_32), true);
  view.setUint32(endAt + 16, Math.min(at, MARK_32), true);
  return records;
}
