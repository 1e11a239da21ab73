import { type Fail, quoted } from "../checkpoint_error.ts";
import {
  CENTRAL,
  type DEFLATED,
  END,
  LOCAL,
  MARK_32,
  MAX_DIRECTORY_BYTES,
  MAX_ENTRIES,
  MAX_NAME_BYTES,
  MAX_RATIO,
  STORED,
  ZIP64_END,
  ZIP64_EXTRA,
  ZIP64_LOCATOR,
} from "./format.ts";

/** One file of an archive. */
export interface ZipEntry {
  readonly name: string;
  readonly method: ZipMethod;
  /** Bytes of the content. */
  readonly size: number;
  /** Bytes that it takes in the archive. */
  readonly packed: number;
  /** CRC-32 of the content. */
  readonly crc: number;
  /** First byte of the local header. */
  readonly headerAt: number;
  /** The content ends at or before this byte: the next header. */
  readonly limit: number;
}

/** How an entry may lie in an archive: as it is, or deflated. */
export type ZipMethod = typeof STORED | typeof DEFLATED;

/** What a reader of archives asks of entries. */
export interface ZipRule {
  readonly methods: readonly ZipMethod[];
  /** What is expected, for messages. */
  readonly expected: string;
}

/** Where the central directory lies. */
export interface DirectoryPlace {
  readonly entries: number;
  readonly at: number;
  readonly bytes: number;
}

/** Finds the end record in the last bytes of an archive; returns its byte there. */
export function findEnd(tail: DataView, fail: Fail): number {
  for (let at = tail.byteLength - END.bytes; at >= 0; at--) {
    if (tail.getUint32(at, true) !== END.signature) continue;
    const comment = tail.getUint16(at + 20, true);
    if (at + END.bytes + comment === tail.byteLength) return at;
  }
  throw fail("its zip archive has no end record; the file may be cut short");
}

/** Reads the end record, and says where a zip64 record is to be read instead. */
export function parseEnd(
  tail: DataView,
  { at, fail }: { readonly at: number; readonly fail: Fail },
): DirectoryPlace & { readonly zip64At: number | undefined } {
  const disks = [tail.getUint16(at + 4, true), tail.getUint16(at + 6, true)];
  const locatorAt = at - ZIP64_LOCATOR.bytes;
  const zip64 = locatorAt >= 0 &&
    tail.getUint32(locatorAt, true) === ZIP64_LOCATOR.signature;
  if (!zip64 && disks.some((disk) => disk !== 0)) {
    throw fail("its zip archive is spread over several files");
  }
  return {
    entries: tail.getUint16(at + 10, true),
    bytes: tail.getUint32(at + 12, true),
    at: tail.getUint32(at + 16, true),
    zip64At: zip64 ? bigNumber(tail, { at: locatorAt + 8, fail }) : undefined,
  };
}

/** Reads a zip64 end record. */
export function parseZip64End(record: DataView, fail: Fail): DirectoryPlace {
  if (record.getUint32(0, true) !== ZIP64_END.signature) {
    throw fail("its zip64 end record is not where the archive says");
  }
  return {
    entries: bigNumber(record, { at: 32, fail }),
    bytes: bigNumber(record, { at: 40, fail }),
    at: bigNumber(record, { at: 48, fail }),
  };
}

/** Refuses a directory that lies outside the file or is larger than any checkpoint's. */
export function checkPlace(
  { entries, at, bytes }: DirectoryPlace,
  { end, fail }: { readonly end: number; readonly fail: Fail },
): void {
  if (!(at + bytes <= end)) {
    throw fail(
      `its zip directory, ${bytes} bytes from byte ${at}, lies outside the file`,
    );
  }
  if (entries > MAX_ENTRIES || bytes > MAX_DIRECTORY_BYTES) {
    throw fail(
      `its zip archive lists ${entries} entries in ${bytes} bytes, expected ` +
        `at most ${MAX_ENTRIES} in ${MAX_DIRECTORY_BYTES}`,
    );
  }
}

/** Reads every entry of a central directory and checks that none overlaps another. */
export function parseDirectory(
  bytes: Uint8Array,
  { place, rule, fail }: {
    readonly place: DirectoryPlace;
    readonly rule: ZipRule;
    readonly fail: Fail;
  },
): ReadonlyMap<string, ZipEntry> {
  const found: Omit<ZipEntry, "limit">[] = [];
  let at = 0;
  for (let index = 0; index < place.entries; index++) {
    const { entry, next } = parseEntry(bytes, { at, rule, fail });
    found.push(entry);
    at = next;
  }
  if (at !== bytes.length) {
    throw fail(
      `its zip directory has ${bytes.length} bytes, its ${place.entries} ` +
        `entries take ${at}`,
    );
  }
  return withLimits(found, { end: place.at, fail });
}

function withLimits(
  found: readonly Omit<ZipEntry, "limit">[],
  { end, fail }: { readonly end: number; readonly fail: Fail },
): ReadonlyMap<string, ZipEntry> {
  const sorted = found.toSorted((a, b) => a.headerAt - b.headerAt);
  const entries = new Map<string, ZipEntry>();
  for (const [index, entry] of sorted.entries()) {
    const limit = sorted[index + 1]?.headerAt ?? end;
    const { name, headerAt, packed } = entry;
    if (!(headerAt + LOCAL.bytes + packed <= limit)) {
      throw fail(
        `entry ${quoted(name)}, ${packed} bytes from byte ${headerAt}, ` +
          `overlaps what begins at byte ${limit}`,
      );
    }
    if (entries.has(name)) throw fail(`entry ${quoted(name)} occurs twice`);
    entries.set(name, { ...entry, limit });
  }
  return entries;
}

function parseEntry(
  bytes: Uint8Array,
  { at, rule, fail }: {
    readonly at: number;
    readonly rule: ZipRule;
    readonly fail: Fail;
  },
): { readonly entry: Omit<ZipEntry, "limit">; readonly next: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const cut = () => fail("its zip directory ends inside an entry");
  if (at + CENTRAL.bytes > bytes.length) throw cut();
  if (view.getUint32(at, true) !== CENTRAL.signature) {
    throw fail(`its zip directory has no entry at its byte ${at}`);
  }
  const lengths = [28, 30, 32].map((field) => view.getUint16(at + field, true));
  const [nameBytes, extraBytes, commentBytes] = lengths as [
    number,
    number,
    number,
  ];
  const nameAt = at + CENTRAL.bytes;
  const next = nameAt + nameBytes + extraBytes + commentBytes;
  if (next > bytes.length) throw cut();
  const name = entryName(bytes.subarray(nameAt, nameAt + nameBytes), fail);
  const method = methodOf(view, { at, name, rule, fail });
  const extra = new DataView(
    bytes.buffer,
    bytes.byteOffset + nameAt + nameBytes,
    extraBytes,
  );
  const plain = [24, 20, 42].map((field) => view.getUint32(at + field, true));
  const wide = wideFields(plain, { extra, name, fail });
  const [size, packed, headerAt] = wide as [number, number, number];
  if (method === STORED && size !== packed) {
    throw fail(
      `entry ${quoted(name)} is stored, yet has ${packed} bytes for ${size}`,
    );
  }
  if (size > packed * MAX_RATIO) {
    throw fail(
      `entry ${quoted(name)} cannot hold ${size} bytes in ${packed}`,
    );
  }
  const crc = view.getUint32(at + 16, true);
  return { entry: { name, method, size, packed, crc, headerAt }, next };
}

/** Refuses encryption, and methods that the rule does not name. */
function methodOf(
  view: DataView,
  { at, name, rule, fail }: {
    readonly at: number;
    readonly name: string;
    readonly rule: ZipRule;
    readonly fail: Fail;
  },
): ZipMethod {
  const encrypted = (view.getUint16(at + 8, true) & 1) !== 0;
  const found = view.getUint16(at + 10, true);
  if (encrypted) throw fail(`entry ${quoted(name)} is encrypted`);
  const method = rule.methods.find((one) => one === found);
  if (method !== undefined) return method;
  throw fail(
    `entry ${quoted(name)} is compressed (method ${found}), expected ` +
      rule.expected,
  );
}

/** A name that could be a path inside a folder and nothing else. */
function entryName(bytes: Uint8Array, fail: Fail): string {
  let name: string;
  try {
    name = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
      .decode(bytes);
  } catch {
    throw fail("an entry's name is not UTF-8");
  }
  const parts = name.replace(/\/$/, "").split("/");
  const tricky = bytes.length > MAX_NAME_BYTES || /^[A-Za-z]:/.test(name) ||
    // deno-lint-ignore no-control-regex
    /[\u0000-\u001f\u007f\\]/.test(name) ||
    parts.some((part) => ["", ".", ".."].includes(part));
  if (!tricky) return name;
  throw fail(
    `entry ${quoted(name)} has a name that could lead outside its folder`,
  );
}

/** The 32-bit fields, or their 64-bit values from the zip64 extra field. */
function wideFields(
  plain: readonly number[],
  { extra, name, fail }: {
    readonly extra: DataView;
    readonly name: string;
    readonly fail: Fail;
  },
): readonly number[] {
  if (!plain.includes(MARK_32)) return plain;
  let [at, end] = zip64Range(extra);
  return plain.map((value) => {
    if (value !== MARK_32) return value;
    if (at + 8 > end) {
      throw fail(`entry ${quoted(name)} lacks its zip64 sizes`);
    }
    at += 8;
    return bigNumber(extra, { at: at - 8, fail });
  });
}

/** Begin and end of the zip64 field among the extra fields. */
function zip64Range(extra: DataView): [begin: number, end: number] {
  for (let at = 0; at + 4 <= extra.byteLength;) {
    const end = at + 4 + extra.getUint16(at + 2, true);
    if (end > extra.byteLength) break;
    if (extra.getUint16(at, true) === ZIP64_EXTRA) return [at + 4, end];
    at = end;
  }
  return [0, 0];
}

function bigNumber(
  view: DataView,
  { at, fail }: { readonly at: number; readonly fail: Fail },
): number {
  const value = view.getBigUint64(at, true);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw fail(`its zip archive holds a size of ${value} bytes`);
  }
  return Number(value);
}
