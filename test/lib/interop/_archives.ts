import { crc32 } from "node:zlib";
import { memorySource } from "../../../lib/artifact/mod.ts";
import { openTorch, type WeightFile } from "../../../lib/interop/mod.ts";
import { ZipArchive } from "../../../lib/interop/zip/archive.ts";

/** One entry of a zip archive, with what may be wrong about it. */
export interface TestEntry {
  readonly name: string;
  readonly data?: Uint8Array | string;
  /** Name in the local header, if another. */
  readonly localName?: string;
  readonly method?: number;
  readonly flags?: number;
  /** Sizes in the directory, if others. */
  readonly size?: number;
  readonly packed?: number;
  /** Place of the local header, if another. */
  readonly headerAt?: number;
  readonly crc?: number;
  /** Writes the directory's sizes and place in a zip64 field. */
  readonly zip64?: boolean;
}

/** A zip archive of stored entries, byte by byte. */
export function zipOf(entries: readonly TestEntry[]): Uint8Array<ArrayBuffer> {
  const parts: (Uint8Array | readonly number[])[] = [];
  const records: number[][] = [];
  let at = 0;
  for (const entry of entries) {
    const headerAt = entry.headerAt ?? at;
    const data = bytesOf(entry.data ?? "");
    const local = bytesOf(entry.localName ?? entry.name);
    const middle = [
      ...little(entry.flags ?? 0, 2),
      ...little(entry.method ?? 0, 2),
      ...little(0, 4),
      ...little(entry.crc ?? crc32(data), 4),
    ];
    const header = [
      ...little(0x04034b50, 4),
      ...little(20, 2),
      ...middle,
      ...little(data.length, 4),
      ...little(data.length, 4),
      ...little(local.length, 2),
      ...little(0, 2),
    ];
    parts.push(header, local, data);
    at += header.length + local.length + data.length;
    records.push(record(entry, { middle, headerAt, length: data.length }));
  }
  const directory = records.flat();
  const count = little(entries.length, 2);
  const end = [...little(0x06054b50, 4), ...little(0, 4), ...count, ...count];
  const place = [...little(directory.length, 4), ...little(at, 4)];
  return joined(...parts, directory, [...end, ...place, ...little(0, 2)]);
}

/** The entries of a checkpoint, so that checksums can be made to fit again. */
export async function entriesOf(
  bytes: Uint8Array<ArrayBuffer>,
): Promise<TestEntry[]> {
  const zip = await ZipArchive.open(memorySource("test.pt", bytes));
  const entries: TestEntry[] = [];
  for (const [name, entry] of zip.entries) {
    entries.push({ name, data: await zip.read(entry) });
  }
  return entries;
}

/** Bytes one after another. */
export function joined(
  ...parts: readonly (Uint8Array | readonly number[])[]
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(
    parts.reduce((sum, { length }) => sum + length, 0),
  );
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function record(
  entry: TestEntry,
  { middle, headerAt, length }: {
    readonly middle: readonly number[];
    readonly headerAt: number;
    readonly length: number;
  },
): number[] {
  const name = bytesOf(entry.name);
  const size = entry.size ?? length;
  const packed = entry.packed ?? size;
  const wide = [size, packed, headerAt].flatMap((value) => little(value, 8));
  const extra = entry.zip64 ? [...little(1, 2), ...little(24, 2), ...wide] : [];
  const shown = (value: number) => little(entry.zip64 ? 2 ** 32 - 1 : value, 4);
  return [
    ...little(0x02014b50, 4),
    ...little(20, 2),
    ...little(20, 2),
    ...middle,
    ...shown(packed),
    ...shown(size),
    ...little(name.length, 2),
    ...little(extra.length, 2),
    ...little(0, 10),
    ...shown(headerAt),
    ...name,
    ...extra,
  ];
}

/** A whole number in some bytes, little-endian. */
export function little(value: number, width: number): number[] {
  return Array.from(
    { length: width },
    (_, i) => Math.floor(value / 256 ** i) % 256,
  );
}

/** A text as bytes; bytes as they are. */
export function bytesOf(data: Uint8Array | string): Uint8Array {
  return typeof data === "string" ? new TextEncoder().encode(data) : data;
}

/** A checkpoint of a pickle and storages, as `torch.save` lays it out. */
export function checkpointOf(
  pickle: Uint8Array,
  storages: Readonly<Record<string, Uint8Array>> = {},
): Uint8Array<ArrayBuffer> {
  return zipOf([
    { name: "x/data.pkl", data: pickle },
    { name: "x/byteorder", data: "little" },
    ...Object.entries(storages)
      .map(([key, data]) => ({ name: `x/data/${key}`, data })),
    { name: "x/version", data: "3\n" },
  ]);
}

/** Opens bytes as a checkpoint called `test.pt`. */
export function openBytes(bytes: Uint8Array<ArrayBuffer>): Promise<WeightFile> {
  return openTorch(memorySource("test.pt", bytes));
}

/** The opcodes of a pickle: texts are opcodes' bytes, numbers are bytes. */
export function assemble(
  ...parts: readonly (string | number | readonly number[])[]
): Uint8Array<ArrayBuffer> {
  const bytes = parts.flatMap((part) =>
    typeof part === "string" ? [...bytesOf(part)] : part
  );
  return Uint8Array.from([0x80, 2, ...bytes, 0x2e]);
}

/** BINUNICODE. */
export function text(value: string): number[] {
  const bytes = bytesOf(value);
  return [0x58, ...little(bytes.length, 4), ...bytes];
}

/** BININT. */
export function int(value: number): number[] {
  return [0x4a, ...little(value < 0 ? value + 2 ** 32 : value, 4)];
}

/** GLOBAL. */
export function global(module: string, name: string): number[] {
  return [...bytesOf(`c${module}\n${name}\n`)];
}

/** TUPLE of parts behind a MARK. */
export function tuple(...parts: readonly (readonly number[])[]): number[] {
  return [0x28, ...parts.flat(), 0x74];
}

/** A storage by its persistent id. */
export function storage(
  key: string,
  elements: readonly number[],
  type = "FloatStorage",
): number[] {
  const id = tuple(
    text("storage"),
    global("torch", type),
    text(key),
    text("cpu"),
    elements,
  );
  return [...id, 0x51];
}

/** A tensor of a storage; sizes and strides are tuples. */
export function tensor(
  from: readonly number[],
  { shape, strides, offset = 0 }: {
    readonly shape: readonly number[];
    readonly strides: readonly number[];
    readonly offset?: number;
  },
): number[] {
  const args = tuple(
    from,
    int(offset),
    tuple(...shape.map(int)),
    tuple(...strides.map(int)),
    [0x89],
    [...global("collections", "OrderedDict"), 0x29, 0x52],
  );
  return [...global("torch._utils", "_rebuild_tensor_v2"), ...args, 0x52];
}

/** A dictionary {"model": {name: value, ...}}. */
export function modelOf(
  values: Readonly<Record<string, readonly number[]>>,
): Uint8Array<ArrayBuffer> {
  const items = Object.entries(values)
    .flatMap(([name, value]) => [...text(name), ...value]);
  return assemble("}", text("model"), "}(", items, "us");
}

/** Little-endian bytes of float32 numbers. */
export function floats(...values: readonly number[]): Uint8Array {
  return new Uint8Array(Float32Array.from(values).buffer);
}
