import {
  type HostTensor,
  hostTensor,
  type Shape,
  zeros,
} from "./host_tensor.ts";

/** Numbers of a row that share one scale; the last block of a row may be shorter. */
export const QUANTIZED_BLOCK = 128;

/** Largest whole number of a quantized matrix; the smallest is its negative. */
const LARGEST = 127;

/** A matrix of 8-bit whole numbers: element = data * scale of its block. */
export interface QuantizedTensor {
  readonly dtype: "q8";
  /** [out, in]. */
  readonly shape: Shape;
  /** Whole numbers from -127 to 127, [out, in]. */
  readonly data: Int8Array;
  /** [out, blocks]: one a block of QUANTIZED_BLOCK numbers of a row. */
  readonly scales: Float32Array;
}

/**
 * Values of a frozen state: those of an f32 leaf may be given in fewer bits, f16
 * or quantized, and the leaf stands for the numbers that these hold.
 */
export type FrozenTensor = HostTensor | QuantizedTensor;

/** A frozen value that is read only where an engine needs it. */
export interface StoredTensor {
  readonly dtype: FrozenTensor["dtype"];
  readonly shape: Shape;
  /**
   * Says which numbers these are, in every process: engines may keep what they
   * made of them under this name.
   */
  readonly identity: string;
  /** Reads the numbers; whoever asks holds them no longer than needed. */
  load(): Promise<FrozenTensor>;
}

/** The numbers of a frozen value, read where they are not in memory. */
export async function loadFrozen(
  tensor: FrozenTensor | StoredTensor,
): Promise<FrozenTensor> {
  return "load" in tensor ? await tensor.load() : tensor;
}

/** Blocks of a row of `width` numbers. */
export function quantizedBlocks(width: number): number {
  return Math.ceil(width / QUANTIZED_BLOCK);
}

/** Whether a tensor is a quantized matrix. */
export function isQuantized(tensor: FrozenTensor): tensor is QuantizedTensor {
  return tensor.dtype === "q8";
}

/**
 * Rounds a matrix to 8 bits: the largest magnitude of each block becomes 127.
 *
 * @param tensor [out, in], finite
 * @throws {TypeError} when the tensor is no matrix of f32 or f64
 */
export function quantize(tensor: HostTensor): QuantizedTensor {
  const { dtype, shape, data } = tensor;
  if (shape.length !== 2 || (dtype !== "f32" && dtype !== "f64")) {
    throw new TypeError(
      `Cannot quantize a ${dtype} tensor of shape [${shape}]: expected a ` +
        "matrix of f32 or f64",
    );
  }
  const [rows, width] = shape as [number, number];
  const blocks = quantizedBlocks(width);
  const numbers = new Int8Array(data.length);
  const scales = new Float32Array(rows * blocks);
  for (let block = 0; block < scales.length; block++) {
    const { start, stop } = rangeOf(block, { width, blocks });
    let largest = 0;
    for (let i = start; i < stop; i++) {
      largest = Math.max(largest, Math.abs(data[i]!));
    }
    scales[block] = largest / LARGEST;
    const scale = scales[block]!;
    if (scale === 0) continue;
    for (let i = start; i < stop; i++) {
      // Where the scale is tiny, its own rounding could pass the largest.
      const whole = Math.round(data[i]! / scale);
      numbers[i] = Math.max(-LARGEST, Math.min(LARGEST, whole));
    }
  }
  return { dtype: "q8", shape, data: numbers, scales };
}

/** Elements of a block, among those of the whole matrix. */
function rangeOf(
  block: number,
  { width, blocks }: { width: number; blocks: number },
): { start: number; stop: number } {
  const row = Math.floor(block / blocks);
  const start = row * width + (block % blocks) * QUANTIZED_BLOCK;
  return { start, stop: Math.min(start + QUANTIZED_BLOCK, (row + 1) * width) };
}

/** The numbers of a quantized matrix; in float64 they are exact. */
export function dequantize<D extends "f32" | "f64">(
  { shape, data, scales }: QuantizedTensor,
  dtype: D,
): HostTensor<D> {
  const tensor = zeros(dtype, shape);
  const values: Float32Array | Float64Array = tensor.data;
  const [, width] = shape as [number, number];
  const blocks = quantizedBlocks(width);
  for (let block = 0; block < scales.length; block++) {
    const { start, stop } = rangeOf(block, { width, blocks });
    for (let i = start; i < stop; i++) values[i] = data[i]! * scales[block]!;
  }
  return tensor;
}

/** The numbers of an f16 tensor, exact in both types. */
export function fromHalf<D extends "f32" | "f64">(
  { shape, data }: HostTensor<"f16">,
  dtype: D,
): HostTensor<D> {
  const { buffer, byteOffset, length } = data;
  const tensor = zeros(dtype, shape);
  tensor.data.set(new Float16Array(buffer, byteOffset, length));
  return tensor;
}

/** A frozen value as numbers of a usual type: f16 and q8 become floats. */
export function expandFrozen(
  tensor: FrozenTensor,
  dtype: "f32" | "f64" = "f32",
): HostTensor {
  if (isQuantized(tensor)) return dequantize(tensor, dtype);
  if (tensor.dtype !== "f16") return tensor;
  return fromHalf(tensor as HostTensor<"f16">, dtype);
}

/**
 * Rounds a tensor to f16.
 *
 * @throws {TypeError} when the tensor is neither f32 nor f64
 * @throws {RangeError} when a number is too large for f16
 */
export function toHalf({ dtype, shape, data }: HostTensor): HostTensor<"f16"> {
  if (dtype !== "f32" && dtype !== "f64") {
    throw new TypeError(`Cannot round ${dtype} to f16: expected f32 or f64`);
  }
  const halves = new Float16Array(data as Float32Array);
  const lost = halves.findIndex((value) => !Number.isFinite(value));
  if (lost >= 0) {
    throw new RangeError(
      `Cannot round to f16: element ${lost} is ${data[lost]}, expected ` +
        "numbers below 65520",
    );
  }
  return hostTensor("f16", shape, new Uint16Array(halves.buffer));
}
