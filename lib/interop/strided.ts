import { FILE_DTYPES, type FileDType } from "../artifact/mod.ts";
import type { Fail } from "./checkpoint_error.ts";

/** Elements of a range per element that a tensor may skip. */
const MAX_SPARSITY = 64;

/** A range is read whole up to this size, else in halves. */
const MAX_RANGE_BYTES = 64 * 1024 * 1024;

/** Which elements of a storage are a tensor's: offset + sum of index x stride. */
export interface Strided {
  /** Sizes, outermost axis first. */
  readonly shape: readonly number[];
  /** Elements from one entry of each axis to the next. */
  readonly strides: readonly number[];
  /** Element of the first entry. */
  readonly offset: number;
}

/** Number of elements; Infinity where it cannot be counted. */
export function elementsOf(shape: readonly number[]): number {
  if (shape.includes(0)) return 0;
  const product = shape.reduce((count, size) => count * size, 1);
  return Number.isSafeInteger(product) ? product : Infinity;
}

/** Elements from the first to one past the last, without the offset. */
function spanOf({ shape, strides }: Omit<Strided, "offset">): number {
  if (shape.includes(0)) return 0;
  return shape.reduce(
    (sum, size, axis) => sum + (size - 1) * strides[axis]!,
    1,
  );
}

/** Strides of a dense row-major tensor. */
export function rowMajorStrides(shape: readonly number[]): number[] {
  const strides: number[] = [];
  let step = 1;
  for (const size of shape.toReversed()) {
    strides.unshift(step);
    step *= Math.max(size, 1);
  }
  return strides;
}

/** Whether the elements lie one after another in row-major order. */
export function isRowMajor({ shape, strides }: Strided): boolean {
  const dense = rowMajorStrides(shape);
  return shape.every((size, axis) =>
    size <= 1 || strides[axis] === dense[axis]
  );
}

/**
 * Checks a tensor against its storage before anything is read or allocated.
 *
 * @param elements what the storage holds
 * @throws {CheckpointError} where it reaches outside, its elements overlap, or
 *   they lie so far apart that reading them would take the whole file
 */
export function checkStrided(
  tensor: Strided,
  { elements, fail }: { readonly elements: number; readonly fail: Fail },
): void {
  const { shape, strides, offset } = tensor;
  const text = `sizes [${shape}], strides [${strides}], offset ${offset}`;
  const count = elementsOf(shape);
  const span = spanOf(tensor);
  if (!(offset + span <= elements)) {
    throw fail(`${text} reach outside the storage of ${elements} elements`);
  }
  const axes = shape.map((size, axis) => ({ size, stride: strides[axis]! }))
    .filter(({ size }) => size > 1)
    .sort((a, b) => a.stride - b.stride);
  // Without overlap there are no more elements than the storage holds.
  let extent = 1;
  for (const { size, stride } of axes) {
    if (stride < extent && count > 0) {
      throw fail(`${text} let elements overlap, which no weight does`);
    }
    extent += (size - 1) * stride;
  }
  if (span > MAX_SPARSITY * (count + MAX_SPARSITY)) {
    throw fail(`${text} use only ${count} of ${span} elements`);
  }
}

/** Reads `count` elements of a storage from `start`, as bytes. */
export type ReadElements = (
  range: { readonly start: number; readonly count: number },
) => Promise<Uint8Array<ArrayBuffer>>;

/**
 * The elements of a tensor in row-major order, as bytes.
 *
 * Reads the ranges in which they lie, at most 64 MiB at a time.
 */
export async function gatherElements(
  tensor: Strided,
  { dtype, read }: { readonly dtype: FileDType; readonly read: ReadElements },
): Promise<Uint8Array<ArrayBuffer>> {
  const count = elementsOf(tensor.shape);
  if (count === 0) return new Uint8Array(0);
  if (isRowMajor(tensor)) return await read({ start: tensor.offset, count });
  const width = FILE_DTYPES[dtype];
  const out = new Uint8Array(count * width);
  const into = rowMajorStrides(tensor.shape);
  const halves: Part[] = [{ ...tensor, into, at: 0 }];
  for (let part = halves.pop(); part !== undefined; part = halves.pop()) {
    const span = spanOf(part);
    const axis = longestAxis(part);
    if (span * width > MAX_RANGE_BYTES && axis !== undefined) {
      halves.push(...halved(part, axis));
      continue;
    }
    const from = await read({ start: part.offset, count: span });
    scatter(part, { from: lanes(from, width), out: lanes(out, width) });
  }
  return out;
}

/** A part of a tensor, and where its elements go. */
interface Part extends Strided {
  /** Elements of the output from one entry of each axis to the next. */
  readonly into: readonly number[];
  /** Element of the output that the first becomes. */
  readonly at: number;
}

function longestAxis({ shape, strides }: Strided): number | undefined {
  let longest: number | undefined;
  for (const [axis, size] of shape.entries()) {
    if (size > 1 && strides[axis]! > (strides[longest ?? -1] ?? 0)) {
      longest = axis;
    }
  }
  return longest;
}

function halved(part: Part, axis: number): Part[] {
  const size = part.shape[axis]!;
  const first = Math.floor(size / 2);
  return [[0, first], [first, size - first]].map(([start, count]) => ({
    ...part,
    shape: part.shape.with(axis, count!),
    offset: part.offset + start! * part.strides[axis]!,
    at: part.at + start! * part.into[axis]!,
  }));
}

type Lanes = Uint8Array | Uint16Array | Uint32Array | BigUint64Array;

/** Bytes as whole numbers of an element's width: bits pass through unchanged. */
function lanes(bytes: Uint8Array<ArrayBuffer>, width: number): Lanes {
  const { buffer, byteOffset, byteLength } = bytes;
  const length = byteLength / width;
  if (width === 1) return bytes;
  if (width === 2) return new Uint16Array(buffer, byteOffset, length);
  if (width === 4) return new Uint32Array(buffer, byteOffset, length);
  return new BigUint64Array(buffer, byteOffset, length);
}

function scatter(
  { shape, strides, into, at }: Part,
  { from, out }: { readonly from: Lanes; readonly out: Lanes },
): void {
  const last = shape.length - 1;
  function visit(axis: number, source: number, target: number): void {
    const [step, jump] = [strides[axis]!, into[axis]!];
    for (let i = 0; i < shape[axis]!; i++) {
      if (axis === last) out[target + i * jump] = from[source + i * step]!;
      else visit(axis + 1, source + i * step, target + i * jump);
    }
  }
  visit(0, 0, at);
}
