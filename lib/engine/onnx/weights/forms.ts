import {
  expandFrozen,
  QUANTIZED_BLOCK,
  quantizedBlocks,
  type QuantizedTensor,
  sizeOf,
} from "../../../tensor/mod.ts";
import type { DeferredBytes } from "../model.ts";
import type { FrozenRows } from "./frozen.ts";

/** What is added to a whole number of 8 bits, so that none is negative. */
const OFFSET = 128;

/** Rows of a matrix as they are, f32 [count, width]. */
export function plainRows(rows: FrozenRows): DeferredBytes {
  return {
    ...named(rows, "f32"),
    length: 4 * rows.count * rows.width,
    make: async () => bytesOf(await floatRows(rows)),
  };
}

/**
 * Rows of a matrix as the filters of a convolution over single pixels in blocks
 * of channels: f32 [count / block, width / block, block of width, block of count].
 */
export function blockedRows(rows: FrozenRows, block: number): DeferredBytes {
  const { count, width } = rows;
  return {
    ...named(rows, `blocks of ${block}`),
    length: 4 * count * width,
    make: async () => {
      const given = await floatRows(rows);
      const filters = new Float32Array(given.length);
      for (let row = 0, i = 0; row < count; row += block) {
        for (let column = 0; column < width; column++) {
          const first = row * width + column;
          for (let lane = 0; lane < block; lane++) {
            filters[i++] = given[first + lane * width]!;
          }
        }
      }
      return bytesOf(filters);
    },
  };
}

/**
 * The numbers of a quantized matrix as `MatMulNBits` reads them: u8
 * [count, blocks, QUANTIZED_BLOCK] around 128, the last block filled up.
 */
export function quantizedNumbers(rows: FrozenRows): DeferredBytes {
  const { start, count, width } = rows;
  const stride = quantizedBlocks(width) * QUANTIZED_BLOCK;
  return {
    ...named(rows, "u8"),
    length: count * stride,
    make: async () => {
      const { data } = await rows.weight.load() as QuantizedTensor;
      const numbers = new Uint8Array(count * stride).fill(OFFSET);
      for (let row = 0; row < count; row++) {
        const from = (start + row) * width;
        const target = row * stride;
        for (let i = 0; i < width; i++) {
          numbers[target + i] = data[from + i]! + OFFSET;
        }
      }
      return numbers;
    },
  };
}

/** The scales of a quantized matrix, f32 [count * blocks]. */
export function quantizedScales(rows: FrozenRows): DeferredBytes {
  const blocks = quantizedBlocks(rows.width);
  return {
    ...named(rows, "scales"),
    length: 4 * rows.count * blocks,
    make: async () => {
      const { scales } = await rows.weight.load() as QuantizedTensor;
      const { start, count } = rows;
      return bytesOf(scales.subarray(start * blocks, (start + count) * blocks));
    },
  };
}

function named(
  { weight, start, count }: FrozenRows,
  form: string,
): Pick<DeferredBytes, "key" | "isStored" | "weightBytes"> {
  const key = `${weight.identity} rows ${start}+${count} as ${form}`;
  const weightBytes = 4 * sizeOf(weight.shape);
  return { key, isStored: weight.isStored, weightBytes };
}

async function floatRows(
  { weight, start, count, width }: FrozenRows,
): Promise<Float32Array> {
  const { dtype, data } = expandFrozen(await weight.load());
  const all = dtype === "f32"
    ? data as Float32Array
    : Float32Array.from(data as Float64Array);
  return all.subarray(start * width, (start + count) * width);
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
