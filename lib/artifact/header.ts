import {
  checkedSize,
  FILE_DTYPES,
  type FileDType,
  isFileDType,
} from "./dtype.ts";
import { type Defect, FormatError } from "./format_error.ts";
import {
  JsonError,
  type JsonMap,
  type JsonValue,
  parseStrictJson,
} from "./strict_json.ts";

/** Longest header that is read, in bytes; checked before it is allocated. */
export const MAX_HEADER_BYTES = 100_000_000;

/** Bytes of the header length at the start of a file. */
export const LENGTH_BYTES = 8;

/** First bytes of a zip archive, such as a PyTorch checkpoint. */
const ZIP = [0x50, 0x4b, 0x03, 0x04];

/** One tensor of a file: what it is and where its bytes lie. */
export interface TensorInfo {
  /** Element type as the file names it. */
  readonly dtype: FileDType;
  /** Sizes, outermost axis first. */
  readonly shape: readonly number[];
  /** First byte, counted from the start of the data section. */
  readonly begin: number;
  /** One past the last byte, counted from the start of the data section. */
  readonly end: number;
}

/** A validated header. */
export interface Header {
  /** Tensors by name, in the order of their bytes. */
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  readonly metadata: Readonly<Record<string, string>>;
  /** Bytes of the data section. */
  readonly dataBytes: number;
}

/**
 * Reads the header's length from the first 8 bytes of a file.
 *
 * @throws {FormatError} FileTooShort, HeaderTooLarge
 */
export function parseHeaderLength(bytes: Uint8Array, file: string): number {
  if (bytes.length < LENGTH_BYTES) {
    const detail = `expected at least 8 bytes, found ${bytes.length}`;
    throw new FormatError("FileTooShort", { file, detail });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, LENGTH_BYTES);
  const length = view.getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_BYTES)) {
    const hint = ZIP.every((byte, index) => bytes[index] === byte)
      ? "it is a zip archive; import reads PyTorch checkpoints"
      : "it may be no safetensors file";
    const detail =
      `expected at most ${MAX_HEADER_BYTES} bytes, found ${length}; ${hint}`;
    throw new FormatError("HeaderTooLarge", { file, detail });
  }
  return Number(length);
}

/**
 * Parses and validates a header (the bytes after the length).
 *
 * @throws {FormatError} for every defect that a header can have
 */
export function parseHeader(bytes: Uint8Array, file: string): Header {
  const map = parseObject(bytes, file);
  const metadata = parseMetadata(map.get("__metadata__"), file);
  const entries: [string, TensorInfo][] = [];
  for (const [name, value] of map) {
    if (name === "__metadata__") continue;
    checkName(name, file);
    entries.push([name, parseEntry(value, { file, name })]);
  }
  entries.sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  const dataBytes = checkLayout(entries, file);
  return { tensors: new Map(entries), metadata, dataBytes };
}

function parseObject(bytes: Uint8Array, file: string): JsonMap {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    const detail = `${bytes.length} bytes do not decode`;
    throw new FormatError("HeaderNotUtf8", { file, detail });
  }
  let value: JsonValue;
  try {
    value = parseStrictJson(text);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    const defect = error.duplicate === undefined
      ? "HeaderNotJson"
      : "DuplicateKey";
    throw new FormatError(defect, { file, detail: error.message });
  }
  if (value instanceof Map && text.startsWith("{")) return value;
  const detail = `expected "{" first, found ${JSON.stringify(text[0] ?? "")}`;
  throw new FormatError("HeaderNotObject", { file, detail });
}

function parseMetadata(
  value: JsonValue | undefined,
  file: string,
): Record<string, string> {
  if (value === undefined) return {};
  const key = "__metadata__";
  if (!(value instanceof Map)) {
    const detail = `expected an object, found ${describe(value)}`;
    throw new FormatError("MetadataNotStrings", { file, detail });
  }
  for (const [name, text] of value as JsonMap) {
    if (typeof text === "string") continue;
    const detail = `key ${quote(name)} of ${key}: expected a string, found ` +
      describe(text);
    throw new FormatError("MetadataNotStrings", { file, detail });
  }
  return Object.fromEntries(value as ReadonlyMap<string, string>);
}

function checkName(name: string, file: string): void {
  // deno-lint-ignore no-control-regex
  const good = /^[^\u0000-\u001f\u007f]+$/.test(name) && name.isWellFormed();
  if (!good) {
    throw new FormatError("BadName", { file, detail: `found ${quote(name)}` });
  }
}

function parseEntry(
  value: JsonValue,
  { file, name }: { file: string; name: string },
): TensorInfo {
  const fail = (defect: Defect, detail: string) =>
    new FormatError(defect, {
      file,
      detail: `tensor ${quote(name)}: ${detail}`,
    });
  if (!(value instanceof Map)) {
    throw fail(
      "EntryNotObject",
      `expected an object, found ${describe(value)}`,
    );
  }
  const entry = value as JsonMap;
  for (const field of ["dtype", "shape", "data_offsets"]) {
    if (!entry.has(field)) throw fail("MissingField", `expected "${field}"`);
  }
  const dtype = entry.get("dtype");
  if (!isFileDType(dtype)) {
    const known = Object.keys(FILE_DTYPES).join(", ");
    const found = dtype === undefined ? "nothing" : describe(dtype);
    throw fail("UnknownDType", `expected one of ${known}, found ${found}`);
  }
  const shape = wholeNumbers(entry.get("shape"));
  if (shape === undefined) {
    const found = describe(entry.get("shape") ?? null);
    throw fail("BadShape", `expected whole numbers, found ${found}`);
  }
  const offsets = wholeNumbers(entry.get("data_offsets"));
  const [begin, end] = offsets ?? [];
  if (offsets?.length !== 2 || !(begin! <= end!)) {
    const found = describe(entry.get("data_offsets") ?? null);
    throw fail("BadOffsets", `expected [begin, end], found ${found}`);
  }
  const size = checkedSize([...shape, FILE_DTYPES[dtype]]);
  if (size === undefined) {
    throw fail("SizeOverflow", `shape [${shape}] of ${dtype}`);
  }
  if (size !== end! - begin!) {
    const expected = `expected ${size} bytes for ${dtype} [${shape}]`;
    throw fail("SizeMismatch", `${expected}, found ${end! - begin!}`);
  }
  return { dtype, shape, begin: begin!, end: end! };
}

function checkLayout(
  sorted: readonly [string, TensorInfo][],
  file: string,
): number {
  let at = 0;
  for (const [name, { begin, end }] of sorted) {
    const detail = `tensor ${quote(name)}: expected to begin at byte ${at} ` +
      `of the data, found ${begin}`;
    if (begin < at) throw new FormatError("Overlap", { file, detail });
    if (begin > at) throw new FormatError("Hole", { file, detail });
    at = end;
  }
  return at;
}

function wholeNumbers(
  value: JsonValue | undefined,
): readonly number[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const good = value.every((item) =>
    Number.isSafeInteger(item) && item >= 0 && !Object.is(item, -0)
  );
  return good ? value as number[] : undefined;
}

function describe(value: JsonValue): string {
  if (value instanceof Map) return "an object";
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** A name in quotes, control characters escaped and shortened for messages. */
function quote(name: string): string {
  const shown = name.length > 80 ? `${name.slice(0, 77)}...` : name;
  return JSON.stringify(shown);
}
