import { FLOAT_BYTES, TILE } from "./kernels.ts";
import type { Bench, Task } from "./task.ts";

/** Bands of a product at most, and rows from which on there is one more. */
export const MOST_BANDS = 8;
const BAND_ROWS = 256;

/** Numbers that `addRows` takes and gives. */
export const SCALARS = 3 * TILE;

type Key = "a" | "x" | "y" | "scalars" | "stride" | "first" | "end" | "bands";

/** Rows and columns of a matrix from `first` to `end` that count. */
interface Corner {
  readonly first: number;
  readonly end: number;
}

/** How many bands the rows of a corner make, whatever the number of threads. */
export function bandsOf({ first, end }: Corner): number {
  const whole = Math.floor((end - first) / BAND_ROWS);
  return Math.min(MOST_BANDS, Math.max(1, whole));
}

/** The row at which a band begins: all have about as much below the diagonal. */
export function bandStart(
  { first, end, bands }: Corner & { readonly bands: number },
  band: number,
): number {
  if (band === bands) return end;
  const rows = (end - first) * Math.sqrt(band / bands);
  return first + Math.floor(rows / TILE) * TILE;
}

/**
 * A symmetric matrix, of which the lower triangle is read, times a vector. An
 * item is a band of rows and, as its columns, of the transpose; it writes a sum
 * of its own, [end] from `y + band * stride` on, from `first` to its last row.
 * Places count float64 numbers; those of `a` are row 0's, `stride` from row to
 * row; `first` is a multiple of the tile.
 */
export const MULTIPLY_BANDS: Task<Key> = {
  keys: ["a", "x", "y", "scalars", "stride", "first", "end", "bands"],
  run(bench, values, band) {
    const { a, x, stride, first } = values;
    const y = values.y + band * stride;
    const scalars = values.scalars + band * SCALARS;
    const end = bandStart(values, band + 1);
    bench.numbers.fill(0, y + first, y + end);
    for (let row = bandStart(values, band); row < end; row += TILE) {
      const rows = { at: a + row * stride, stride, row };
      if (row > first) multiplyLeft(bench, { ...rows, x, y, scalars, first });
      multiplyDiagonal(bench, { ...rows, x, y });
    }
  },
};

/** Some rows of the matrix, and both vectors. */
interface Rows {
  readonly at: number;
  readonly stride: number;
  readonly row: number;
  readonly x: number;
  readonly y: number;
}

/** What is left of the tile on the diagonal. */
function multiplyLeft(
  { kernels, numbers }: Bench,
  { at, stride, row, x, y, scalars, first }: Rows & {
    readonly scalars: number;
    readonly first: number;
  },
): void {
  numbers.copyWithin(scalars, x + row, x + row + TILE);
  const address = (place: number) => FLOAT_BYTES * (place + first);
  kernels.addRows(
    address(at),
    address(at + stride),
    address(at + 2 * stride),
    address(at + 3 * stride),
    address(x),
    address(y),
    FLOAT_BYTES * scalars,
    (row - first) / 2,
  );
  for (let r = 0; r < TILE; r++) {
    const dots = scalars + TILE + 2 * r;
    numbers[y + row + r]! += numbers[dots]! + numbers[dots + 1]!;
  }
}

/** The tile on the diagonal, whose upper half is the lower one's. */
function multiplyDiagonal(
  { numbers }: Bench,
  { at, stride, row, x, y }: Rows,
): void {
  for (let r = 0; r < TILE; r++) {
    for (let c = 0; c <= r; c++) {
      const value = numbers[at + r * stride + row + c]!;
      numbers[y + row + r]! += value * numbers[x + row + c]!;
      if (c < r) numbers[y + row + c]! += value * numbers[x + row + r]!;
    }
  }
}
