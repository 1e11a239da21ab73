import { FLOAT_BYTES, TILE } from "./kernels.ts";
import type { Task } from "./task.ts";

/** Rows of an item: their packed block stays in the second cache. */
export const BAND = 64;

type Key =
  | "a"
  | "b"
  | "count"
  | "rows"
  | "columns"
  | "lower"
  | "target"
  | "stride";

/**
 * Adds the products of two packed blocks to a matrix, an item a band of rows.
 * `a` and `b` are the blocks' addresses, `target` the matrix's, whose rows are
 * `stride` numbers apart; `count` inner indices; `lower` is 1 where only tiles
 * on and below the diagonal are wanted.
 */
export const ADD_BANDS: Task<Key> = {
  keys: ["a", "b", "count", "rows", "columns", "lower", "target", "stride"],
  run({ kernels }, { a, b, count, rows, columns, lower, ...to }, item) {
    const first = item * BAND;
    const end = Math.min(rows, first + BAND);
    const panelBytes = FLOAT_BYTES * TILE * count;
    const width = lower ? Math.min(columns, end) : columns;
    for (let j = 0; j < width; j += TILE) {
      for (let i = lower ? Math.max(first, j) : first; i < end; i += TILE) {
        kernels.addTile(
          a + i / TILE * panelBytes,
          b + j / TILE * panelBytes,
          count,
          to.target + FLOAT_BYTES * (i * to.stride + j),
          FLOAT_BYTES * to.stride,
        );
      }
    }
  },
};
