import type { DType, HostTensor } from "../tensor/host_tensor.ts";
import {
  checkedSize,
  FILE_DTYPES,
  type FileDType,
  TO_FILE_DTYPE,
} from "./dtype.ts";
import { type AtomicFile, createAtomic } from "./files.ts";
import { LENGTH_BYTES, MAX_HEADER_BYTES, type TensorInfo } from "./header.ts";
import { ioError } from "./user_error.ts";

/** Where a file goes: a path, or a stream such as standard output. */
export type WriteTarget = string | WritableStream<Uint8Array>;

/** Element type and shape of a tensor that is to be written. */
export interface TensorSpec {
  /** Element type, as hosts or as files name it. */
  readonly dtype: DType | FileDType;
  /** Sizes, outermost axis first. */
  readonly shape: readonly number[];
}

/** A stored tensor whose element type hosts lack, as little-endian bytes. */
export interface RawTensor {
  /** Element type as files name it. */
  readonly dtype: FileDType;
  /** Sizes, outermost axis first. */
  readonly shape: readonly number[];
  /** The stored bytes. */
  readonly data: Uint8Array;
}

/** Anything that can be written as a tensor. */
export type WritableTensor = HostTensor | RawTensor;

/** What a file holds besides the numbers. */
export interface FileContents<T extends TensorSpec = TensorSpec> {
  /** Tensors by name. */
  readonly tensors: Readonly<Record<string, T>>;
  /** Text metadata; keys are sorted. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** A safetensors file being written in pieces, in any order. */
export interface SafetensorsWriter {
  /** Names of the tensors in the order of their bytes, in which a pipe has them. */
  readonly order: readonly string[];
  /** Writes entries of the first axis from `start`; a scalar has one. */
  writeRows(name: string, rows: WriteRows): Promise<void>;
  /** Finishes the file; @throws {RangeError} when bytes are missing. */
  commit(): Promise<void>;
  /** Leaves no trace of the file. */
  abort(): Promise<void>;
}

/** Rows of a tensor to write; `data` holds whole rows. */
export interface WriteRows {
  /** First entry that is written. */
  readonly start: number;
  /** Whole entries, in the stored element type. */
  readonly data: ArrayBufferView;
}

/**
 * Writes a whole safetensors file; equal contents give equal bytes.
 *
 * Tensors lie by falling element size, then by name, so that each is aligned.
 *
 * @throws {UserError} when the target cannot be written
 */
export async function writeSafetensors(
  target: WriteTarget,
  contents: FileContents<WritableTensor>,
): Promise<void> {
  const layout = layOut(contents);
  const sink = typeof target === "string"
    ? await createAtomic(target)
    : streamSink(target);
  try {
    await sink.write(layout.head);
    for (const name of layout.entries.keys()) {
      await sink.write(bytesOf(contents.tensors[name]!.data));
    }
    await sink.commit();
  } catch (error) {
    await sink.abort();
    throw error;
  }
}

/**
 * Starts a safetensors file whose tensors come in pieces.
 *
 * On a path the pieces go to the disk at once; for a stream those that do not
 * come in the order of the file wait in memory.
 *
 * @throws {UserError} when the target cannot be written
 */
export async function createSafetensors(
  target: WriteTarget,
  contents: FileContents,
): Promise<SafetensorsWriter> {
  const layout = layOut(contents);
  const sink = typeof target === "string"
    ? await createAtomic(target)
    : orderedSink(target);
  await sink.write(layout.head, 0);
  return new PieceWriter(sink, layout);
}

interface Layout {
  /** Header length, header and padding. */
  readonly head: Uint8Array;
  readonly entries: ReadonlyMap<string, TensorInfo>;
  readonly dataBytes: number;
}

function layOut({ tensors, metadata = {} }: FileContents): Layout {
  const specs = Object.entries(tensors).map(([name, spec]) =>
    specOf(name, spec)
  );
  specs.sort((a, b) => b.bytes - a.bytes || (a.name < b.name ? -1 : 1));
  const entries = new Map<string, TensorInfo>();
  let at = 0;
  for (const { name, dtype, shape, size } of specs) {
    entries.set(name, { dtype, shape, begin: at, end: at + size });
    at += size;
  }
  return { head: encodeHeader(entries, metadata), entries, dataBytes: at };
}

function specOf(name: string, spec: TensorSpec | WritableTensor) {
  const dtype = Object.hasOwn(FILE_DTYPES, spec.dtype)
    ? spec.dtype as FileDType
    : TO_FILE_DTYPE[spec.dtype as DType];
  const bytes = FILE_DTYPES[dtype];
  const size = checkedSize([...spec.shape, bytes]);
  const good = spec.shape.every((axis) => Number.isInteger(axis) && axis >= 0);
  if (size === undefined || !good || name === "" || name === "__metadata__") {
    throw new RangeError(
      `Cannot write tensor "${name}" of shape [${spec.shape}]`,
    );
  }
  if ("data" in spec && spec.data.byteLength !== size) {
    throw new TypeError(
      `Cannot write tensor "${name}": expected ${size} bytes for ${dtype} ` +
        `[${spec.shape}], got ${spec.data.byteLength}`,
    );
  }
  return { name, dtype, bytes, size, shape: spec.shape };
}

function encodeHeader(
  entries: ReadonlyMap<string, TensorInfo>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const keys = Object.keys(metadata).sort();
  const sorted = Object.fromEntries(keys.map((key) => [key, metadata[key]]));
  const items: [string, unknown][] = [...entries].map(
    ([name, { dtype, shape, begin, end }]) => [
      name,
      { dtype, shape, data_offsets: [begin, end] },
    ],
  );
  if (keys.length > 0) items.unshift(["__metadata__", sorted]);
  // Not one object: names that look like numbers would change their order.
  const text = items.map(([name, value]) =>
    `${JSON.stringify(name)}:${JSON.stringify(value)}`
  );
  const json = new TextEncoder().encode(`{${text.join(",")}}`);
  const length = Math.ceil(json.length / 8) * 8;
  if (length > MAX_HEADER_BYTES) {
    throw new RangeError(`Cannot write a header of ${length} bytes`);
  }
  const head = new Uint8Array(LENGTH_BYTES + length).fill(0x20);
  new DataView(head.buffer).setBigUint64(0, BigInt(length), true);
  head.set(json, LENGTH_BYTES);
  return head;
}

class PieceWriter implements SafetensorsWriter {
  readonly order: readonly string[];
  private readonly sink: AtomicFile;
  private readonly layout: Layout;
  private missing: number;

  constructor(sink: AtomicFile, layout: Layout) {
    this.sink = sink;
    this.layout = layout;
    this.order = [...layout.entries.keys()];
    this.missing = layout.dataBytes;
  }

  async writeRows(name: string, { start, data }: WriteRows): Promise<void> {
    const info = this.layout.entries.get(name);
    if (info === undefined) {
      throw new RangeError(`Cannot write tensor "${name}": it is not declared`);
    }
    const rows = info.shape[0] ?? 1;
    const rowBytes = rows === 0 ? 0 : (info.end - info.begin) / rows;
    const at = info.begin + start * rowBytes;
    if (!(start >= 0 && at + data.byteLength <= info.end)) {
      throw new RangeError(
        `Cannot write ${data.byteLength} bytes from row ${start} of ` +
          `"${name}": it has ${rows} rows of ${rowBytes} bytes`,
      );
    }
    this.missing -= data.byteLength;
    await this.sink.write(bytesOf(data), this.layout.head.length + at);
  }

  async commit(): Promise<void> {
    if (this.missing !== 0) {
      await this.abort();
      throw new RangeError(
        `Cannot finish the file: ${this.missing} bytes were not written`,
      );
    }
    await this.sink.commit();
  }

  abort(): Promise<void> {
    return this.sink.abort();
  }
}

function bytesOf(data: ArrayBufferView): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function streamSink(stream: WritableStream<Uint8Array>): AtomicFile {
  const writer = stream.getWriter();
  let open = true;
  function release(): Promise<void> {
    if (open) writer.releaseLock();
    open = false;
    return Promise.resolve();
  }
  return {
    async write(bytes) {
      try {
        await writer.write(bytes);
      } catch (error) {
        throw ioError(error, "Cannot write to the stream");
      }
    },
    commit: release,
    abort: release,
  };
}

/** A stream as a file: pieces that come early wait until all before them came. */
function orderedSink(stream: WritableStream<Uint8Array>): AtomicFile {
  const waiting = new Map<number, Uint8Array>();
  let end = 0;
  async function write(bytes: Uint8Array): Promise<void> {
    const sink = streamSink(stream);
    try {
      await sink.write(bytes);
    } finally {
      await sink.commit();
    }
  }
  return {
    async write(bytes, at = end) {
      if (bytes.length === 0) return;
      waiting.set(at, at === end ? bytes : bytes.slice());
      for (
        let next = waiting.get(end);
        next !== undefined;
        next = waiting.get(end)
      ) {
        waiting.delete(end);
        end += next.length;
        await write(next);
      }
    },
    commit: () => Promise.resolve(),
    abort: () => Promise.resolve(),
  };
}
