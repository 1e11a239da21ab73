import {
  arrayView,
  ELEMENT_BYTES,
  type HostTensor,
} from "../tensor/host_tensor.ts";
import {
  checkedSize,
  FILE_DTYPES,
  type FileDType,
  hostDType,
} from "./dtype.ts";
import { FormatError } from "./format_error.ts";
import {
  type Header,
  LENGTH_BYTES,
  parseHeader,
  parseHeaderLength,
  type TensorInfo,
} from "./header.ts";
import { type ByteSource, digestOf, openFile } from "./source.ts";
import { UserError } from "./user_error.ts";

/** Tensors by name, read one at a time without reading the rest. */
export interface SafetensorsReader {
  /** Path of the file or folder, for messages. */
  readonly name: string;
  /** The text metadata of the file. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Every tensor by name, in the order of the bytes. */
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /** How many files hold the tensors of a folder, besides what says so. */
  readonly shards?: number;
  /** A whole tensor; @throws {TypeError} where hosts lack its element type. */
  read(tensor: string): Promise<HostTensor>;
  /** `count` entries from `start`, [count, ...]. */
  readRows(tensor: string, rows: RowRange): Promise<HostTensor>;
  /** The stored bytes of a tensor of any element type, or of some rows of it. */
  readBytes(tensor: string, rows?: RowRange): Promise<Uint8Array<ArrayBuffer>>;
  /** SHA-256 of the file; of a sharded folder, of its files' digests. */
  digest(): Promise<string>;
  /** Lets the file go; reading is an error from now on. */
  close(): void;
}

/** A range of entries of a tensor's first axis, or of its first axes taken as one. */
export interface RowRange {
  /** First entry. */
  readonly start: number;
  /** Axes that are taken as one; the first alone unless given. */
  readonly axes?: number;
  /** Number of entries. */
  readonly count: number;
}

/**
 * Opens one safetensors file, validating header and file size first.
 *
 * @throws {UserError} when the file cannot be read
 * @throws {FormatError} when it is malformed
 */
export async function openSafetensorsFile(
  path: string,
): Promise<SafetensorsReader> {
  const source = await openFile(path);
  try {
    return await readerOf(source);
  } catch (error) {
    source.close();
    throw error;
  }
}

/** A reader over a source; validates header and size. */
export async function readerOf(source: ByteSource): Promise<SafetensorsReader> {
  const file = source.name;
  const start = new Uint8Array(Math.min(LENGTH_BYTES, source.size));
  await source.readInto(start, 0);
  const headerBytes = parseHeaderLength(start, file);
  const dataStart = LENGTH_BYTES + headerBytes;
  if (source.size < dataStart) {
    const detail = `expected ${dataStart} bytes, found ${source.size}`;
    throw new FormatError("HeaderTruncated", { file, detail });
  }
  const bytes = new Uint8Array(headerBytes);
  await source.readInto(bytes, LENGTH_BYTES);
  const header = parseHeader(bytes, file);
  const expected = dataStart + header.dataBytes;
  if (source.size !== expected) {
    const defect = source.size < expected ? "DataTruncated" : "TrailingBytes";
    const detail = `expected ${expected} bytes, found ${source.size}`;
    throw new FormatError(defect, { file, detail });
  }
  return new SourceReader(source, { header, dataStart });
}

class SourceReader implements SafetensorsReader {
  readonly name: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  private readonly source: ByteSource;
  private readonly dataStart: number;

  constructor(
    source: ByteSource,
    { header, dataStart }: { header: Header; dataStart: number },
  ) {
    this.name = source.name;
    this.metadata = header.metadata;
    this.tensors = header.tensors;
    this.source = source;
    this.dataStart = dataStart;
  }

  async read(tensor: string): Promise<HostTensor> {
    const info = this.info(tensor);
    return hostTensorOf(info.shape, await this.load(tensor, info));
  }

  async readRows(tensor: string, rows: RowRange): Promise<HostTensor> {
    const info = this.info(tensor);
    const range = this.rowRange(tensor, rows);
    const shape = [rows.count, ...info.shape.slice(rows.axes ?? 1)];
    return hostTensorOf(shape, await this.load(tensor, range));
  }

  async readBytes(
    tensor: string,
    rows?: RowRange,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const { begin, end } = rows === undefined
      ? this.info(tensor)
      : this.rowRange(tensor, rows);
    return await this.bytesAt(begin, end);
  }

  digest(): Promise<string> {
    return digestOf(this.source);
  }

  close(): void {
    this.source.close();
  }

  /** The tensor's info with the byte range of some rows. */
  private rowRange(
    tensor: string,
    { start, count, axes = 1 }: RowRange,
  ): TensorInfo {
    const info = this.info(tensor);
    const total = requireRows(tensor, { start, count, axes }, {
      file: this.name,
      ...info,
    });
    const rowBytes = total === 0 ? 0 : (info.end - info.begin) / total;
    const begin = info.begin + start * rowBytes;
    return { ...info, begin, end: begin + count * rowBytes };
  }

  private info(tensor: string): TensorInfo {
    return requireTensor(this, tensor);
  }

  private async bytesAt(
    begin: number,
    end: number,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const at = this.dataStart + begin;
    const view = this.source.view?.(at, end - begin);
    if (view !== undefined) return view;
    const bytes = new Uint8Array(end - begin);
    await this.source.readInto(bytes, at);
    return bytes;
  }

  private async load(
    tensor: string,
    { dtype, begin, end }: TensorInfo,
  ): Promise<TypedBytes> {
    const host = requireHostDType(tensor, { file: this.name, dtype });
    const bytes = await this.bytesAt(begin, end);
    const aligned = bytes.byteOffset % ELEMENT_BYTES[host] === 0;
    return { dtype: host, bytes: aligned ? bytes : bytes.slice() };
  }
}

interface TypedBytes {
  readonly dtype: HostTensor["dtype"];
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Bytes as a tensor of a shape. */
export function hostTensorOf(
  shape: readonly number[],
  { dtype, bytes }: TypedBytes,
): HostTensor {
  const length = bytes.length / ELEMENT_BYTES[dtype];
  const { buffer, byteOffset } = bytes;
  return {
    dtype,
    shape,
    data: arrayView(dtype, buffer, { byteOffset, length }),
  };
}

/**
 * Entries of a tensor's first axes, taken as one, of which some are to be read.
 *
 * @throws {TypeError} when it has fewer axes
 * @throws {RangeError} when it has fewer entries
 */
export function requireRows(
  tensor: string,
  { start, count, axes = 1 }: RowRange,
  { file, shape }: { readonly file: string; readonly shape: readonly number[] },
): number {
  if (axes > shape.length) {
    throw new TypeError(
      `Cannot read rows of ${axes} axes of "${tensor}": it has ${shape.length}`,
    );
  }
  const total = shape.slice(0, axes).reduce((all, size) => all * size);
  if (start >= 0 && count >= 0 && start + count <= total) return total;
  throw new RangeError(
    `Cannot read rows ${start} to ${start + count} of "${tensor}" in ` +
      `"${file}": it has ${total}`,
  );
}

/**
 * The host element type of a stored tensor.
 *
 * @throws {TypeError} where hosts have none
 */
export function requireHostDType(
  tensor: string,
  { file, dtype }: { readonly file: string; readonly dtype: FileDType },
): HostTensor["dtype"] {
  const host = hostDType(dtype);
  if (host !== undefined) return host;
  throw new TypeError(
    `Cannot read tensor "${tensor}" of "${file}" to the host: ` +
      `expected one of f64, f32, f16, i32, u32, u8, bool, found ${dtype}`,
  );
}

/**
 * What a reader knows of a tensor.
 *
 * @throws {UserError} naming the file and the tensors it does hold
 */
export function requireTensor(
  { name, tensors }: Pick<SafetensorsReader, "name" | "tensors">,
  tensor: string,
): TensorInfo {
  const info = tensors.get(tensor);
  if (info !== undefined) return info;
  throw missingTensor(tensor, { name, tensors });
}

/** Elements and bytes of a tensor, for listings. */
export function tensorBytes({ dtype, shape }: TensorInfo): number {
  return (checkedSize(shape) ?? 0) * FILE_DTYPES[dtype];
}

function missingTensor(
  tensor: string,
  { name, tensors }: Pick<SafetensorsReader, "name" | "tensors">,
): UserError {
  const some = [...tensors.keys()].slice(0, 6).join(", ");
  const held = tensors.size === 0
    ? "it holds none"
    : `it holds ${tensors.size}: ${some}${tensors.size > 6 ? ", ..." : ""}`;
  return new UserError(`Cannot find tensor "${tensor}" in "${name}": ${held}`);
}
