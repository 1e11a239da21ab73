import type { PlainValue } from "./pickle/plain.ts";
import { FILE_DTYPES, type FileDType, type RowRange } from "../artifact/mod.ts";

/** What a stored tensor is. */
export interface StoredTensor {
  /** Element type as safetensors names it. */
  readonly dtype: FileDType;
  /** Sizes, outermost axis first; a scalar has none. */
  readonly shape: readonly number[];
}

/** Named tensors that belong together: the weights of a model. */
export interface WeightSet {
  /** Every tensor by name, in the order of the file. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /**
   * Entries of a tensor's first axis in row-major order, little-endian; a
   * scalar has one entry.
   *
   * @throws {CheckpointError} where its bytes are damaged
   * @throws {UserError} where the file cannot be read
   */
  readRows(tensor: string, rows: RowRange): Promise<Uint8Array<ArrayBuffer>>;
}

/** A file of weights, whatever its format; tensors are read on request. */
export interface WeightFile {
  /** Path, for messages. */
  readonly name: string;
  /** What it is, for messages. */
  readonly format: string;
  /** Sets by name: `model`, and `ema` where averaged weights are stored. */
  readonly sets: ReadonlyMap<string, WeightSet>;
  /** Plain data that stands beside the weights, such as sizes of the model. */
  readonly args?: PlainValue | undefined;
  /** SHA-256 of the file. */
  digest(): Promise<string>;
  /** Lets the file go. */
  close(): void;
}

/** Bytes of a tensor that are in memory at a time, where its rows allow. */
const PIECE_BYTES = 8 * 1024 * 1024;

/** Ranges of rows that make up a tensor, each of about 8 MiB; a scalar is one row. */
export function* rowPieces(
  { dtype, shape }: StoredTensor,
): Generator<RowRange> {
  const [rows = 1, ...inner] = shape;
  const rowBytes = inner.reduce(
    (bytes, size) => bytes * size,
    FILE_DTYPES[dtype],
  );
  const most = Math.max(1, Math.floor(PIECE_BYTES / Math.max(rowBytes, 1)));
  for (let start = 0; start < rows; start += most) {
    yield { start, count: Math.min(most, rows - start) };
  }
}
