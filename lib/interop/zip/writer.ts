import { crc32 } from "node:zlib";
import type { AtomicFile } from "../../artifact/mod.ts";
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
/** Bytes of a number of 64 bits. */
const WIDE_BYTES = 8;
/** Room of the field with an entry's two sizes, kept in front of all contents. */
const SIZES_BYTES = EXTRA_BYTES + 2 * WIDE_BYTES;
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

  /** Starts an archive in a file, which has to take it whole. */
  constructor(file: AtomicFile) {
    this.file = file;
  }

  /** Adds an entry from its pieces in order; it may have 4 GiB and more. */
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

/** Sizes are known after the content only: room for wide ones is always kept. */
function contentStart(headerAt: number, nameBytes: number): number {
  const least = headerAt + LOCAL.bytes + nameBytes + SIZES_BYTES + EXTRA_BYTES;
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
  view.setUint32(at + 14, narrow(entry.size), true);
  view.setUint32(at + 18, narrow(entry.size), true);
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
  const wide = wideField(wideSizes(entry));
  bytes.set(wide, extraAt);
  const paddingAt = extraAt + wide.length;
  view.setUint16(paddingAt, PADDING_EXTRA, true);
  view.setUint16(paddingAt + 2, bytes.length - paddingAt - EXTRA_BYTES, true);
  return bytes;
}

/** A number in 32 bits, or the mark that it stands in the zip64 field. */
function narrow(value: number): number {
  return Math.min(value, MARK_32);
}

/** Uncompressed and compressed size, where they need 64 bits: both or none. */
function wideSizes({ size }: Written): readonly number[] {
  return size >= MARK_32 ? [size, size] : [];
}

/** The zip64 extra field of some numbers; nothing where there are none. */
function wideField(values: readonly number[]): Uint8Array {
  if (values.length === 0) return new Uint8Array(0);
  const bytes = new Uint8Array(EXTRA_BYTES + values.length * WIDE_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, ZIP64_EXTRA, true);
  view.setUint16(2, values.length * WIDE_BYTES, true);
  for (const [index, value] of values.entries()) {
    view.setBigUint64(EXTRA_BYTES + index * WIDE_BYTES, BigInt(value), true);
  }
  return bytes;
}

function centralRecord(entry: Written): Uint8Array {
  const { headerAt } = entry;
  const wide = wideField([
    ...wideSizes(entry),
    ...(headerAt >= MARK_32 ? [headerAt] : []),
  ]);
  const extraAt = CENTRAL.bytes + entry.name.length;
  const bytes = new Uint8Array(extraAt + wide.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, CENTRAL.signature, true);
  view.setUint16(4, NEEDED_VERSION, true);
  putShared(view, { at: 6, entry });
  view.setUint16(30, wide.length, true);
  view.setUint32(42, narrow(headerAt), true);
  bytes.set(entry.name, CENTRAL.bytes);
  bytes.set(wide, extraAt);
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
  view.setUint32(endAt + 12, narrow(bytes), true);
  view.setUint32(endAt + 16, narrow(at), true);
  return records;
}
