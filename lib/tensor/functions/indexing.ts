import { apply } from "../apply.ts";
import type { Tensor } from "../node.ts";
import { normalizeAxis } from "../shape.ts";

/** Rows of a table: y[i, ..] = table[indices[i], ..]; indices are i32. */
export function gather(table: Tensor, indices: Tensor): Tensor {
  return apply("gather", [table, indices], {});
}

/** Sums updates into `rows` rows chosen by i32 indices. */
export function scatterAdd(
  indices: Tensor,
  updates: Tensor,
  rows: number,
): Tensor {
  return apply("scatter_add", [indices, updates], { rows });
}

/** `size` elements along an axis from an i32 scalar start on. */
export function sliceAt(
  x: Tensor,
  start: Tensor,
  { axis, size }: { axis: number; size: number },
): Tensor {
  const along = normalizeAxis(axis, x.shape.length);
  return apply("slice_at", [x, start], { axis: along, size });
}

/** x with elements along an axis replaced from an i32 scalar start on. */
export function updateSlice(
  x: Tensor,
  update: Tensor,
  { start, axis }: { start: Tensor; axis: number },
): Tensor {
  const along = normalizeAxis(axis, x.shape.length);
  return apply("update_slice", [x, update, start], { axis: along });
}
