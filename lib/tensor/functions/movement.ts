import { apply } from "../apply.ts";
import type { Shape } from "../host_tensor.ts";
import { isOp, type Tensor } from "../node.ts";
import {
  normalizeAxes,
  normalizeAxis,
  resolveReshape,
  sameShape,
} from "../shape.ts";

/** The same elements in another shape; one size may be -1. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  const resolved = resolveReshape(x.shape, shape);
  if (sameShape(resolved, x.shape)) return x;
  if (isOp(x, "reshape")) return reshape(x.inputs[0]!, resolved);
  return apply("reshape", [x], { shape: resolved });
}

/** Axes in another order: axis i of the result is axis order[i] of x. */
export function permute(x: Tensor, order: readonly number[]): Tensor {
  const rank = x.shape.length;
  const axes = order.map((axis) => normalizeAxis(axis, rank));
  const valid = axes.length === rank && new Set(axes).size === rank;
  if (valid && axes.every((axis, i) => axis === i)) return x;
  if (valid && isOp(x, "permute")) {
    const inner = x.attributes.order;
    return permute(x.inputs[0]!, axes.map((axis) => inner[axis]!));
  }
  return apply("permute", [x], { order: axes });
}

/** The last two axes swapped. */
export function transpose(x: Tensor): Tensor {
  const order = x.shape.map((_, axis) => axis);
  const last = order.length - 1;
  [order[last - 1], order[last]] = [last, last - 1];
  return permute(x, order);
}

/** x repeated along axes of size 1 and new leading axes. */
export function broadcastTo(x: Tensor, shape: Shape): Tensor {
  return sameShape(x.shape, shape) ? x : apply("broadcast", [x], { shape });
}

/** Elements `start` to `stop` (not included) along one axis. */
export function slice(
  x: Tensor,
  axis: number,
  { start = 0, stop }: { start?: number; stop?: number },
): Tensor {
  const along = normalizeAxis(axis, x.shape.length);
  const starts = x.shape.map((_, i) => i === along ? start : 0);
  const stops = x.shape.map((size, i) => i === along ? stop ?? size : size);
  return sliceBox(x, starts, stops);
}

/** The box between `starts` and `stops`, one of each an axis. */
export function sliceBox(
  x: Tensor,
  starts: readonly number[],
  stops: readonly number[],
): Tensor {
  const whole = x.shape.every((size, i) =>
    starts[i] === 0 && stops[i] === size
  );
  return whole ? x : apply("slice", [x], { starts, stops });
}

/**
 * `count` equal parts along one axis.
 *
 * @throws {TypeError} when its size is no multiple of `count`
 */
export function split(x: Tensor, count: number, axis = -1): Tensor[] {
  const along = normalizeAxis(axis, x.shape.length);
  const size = x.shape[along]! / count;
  if (!Number.isInteger(size)) {
    throw new TypeError(
      `Cannot split axis ${along} of [${x.shape}] into ${count} equal parts`,
    );
  }
  return Array.from(
    { length: count },
    (_, i) => slice(x, along, { start: i * size, stop: (i + 1) * size }),
  );
}

/** x between zeros. */
export function pad(
  x: Tensor,
  low: readonly number[],
  high: readonly number[],
): Tensor {
  const none = low.every((n) => n === 0) && high.every((n) => n === 0);
  return none ? x : apply("pad", [x], { low, high });
}

/** Tensors one after another along an axis. */
export function concat(inputs: readonly Tensor[], axis = 0): Tensor {
  if (inputs.length === 1) return inputs[0]!;
  const along = normalizeAxis(axis, inputs[0]?.shape.length ?? 0);
  return apply("concat", inputs, { axis: along });
}

/** x read backwards along axes. */
export function flip(x: Tensor, axes: readonly number[]): Tensor {
  const along = normalizeAxes(axes, x.shape.length);
  return along.length === 0 ? x : apply("flip", [x], { axes: along });
}
