import { apply } from "../apply.ts";
import type { Shape } from "../host_tensor.ts";
import type { Tensor } from "../node.ts";
import { normalizeAxes } from "../shape.ts";
import { div } from "./elementwise.ts";
import { reshape } from "./movement.ts";

/** Which axes a reduction runs over (all by default) and whether they stay as size 1. */
export interface ReduceOptions {
  readonly axes?: readonly number[];
  readonly keepDims?: boolean;
}

function attributesOf(x: Tensor, { axes, keepDims = false }: ReduceOptions) {
  const rank = x.shape.length;
  const all = axes ?? Array.from({ length: rank }, (_, axis) => axis);
  return { axes: normalizeAxes(all, rank), keepDims };
}

/** Sum over axes; over all of them by default. */
export function sum(x: Tensor, options: ReduceOptions = {}): Tensor {
  const attributes = attributesOf(x, options);
  if (attributes.axes.length === 0) return x;
  return apply("reduce_sum", [x], attributes);
}

/** Largest element over axes; over all of them by default. */
export function max(x: Tensor, options: ReduceOptions = {}): Tensor {
  const attributes = attributesOf(x, options);
  if (attributes.axes.length === 0) return x;
  return apply("reduce_max", [x], attributes);
}

/** Mean over axes; over all of them by default. */
export function mean(x: Tensor, options: ReduceOptions = {}): Tensor {
  const { axes } = attributesOf(x, options);
  const count = axes.reduce((product, axis) => product * x.shape[axis]!, 1);
  return div(sum(x, options), count);
}

/** Undoes broadcasting: sums `x` down to `shape`. */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  const extra = x.shape.length - shape.length;
  const axes = x.shape.flatMap((size, axis) =>
    axis < extra || (shape[axis - extra] === 1 && size !== 1) ? [axis] : []
  );
  return reshape(sum(x, { axes }), shape);
}
