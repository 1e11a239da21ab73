import { type Shape, sizeOf } from "./host_tensor.ts";

/**
 * The shape that two operands broadcast to: trailing axes are matched, size 1
 * stretches (NumPy's rule).
 *
 * @throws {TypeError} when two sizes differ and neither is 1
 */
export function broadcastShapes(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const sizeA = a[i - rank + a.length] ?? 1;
    const sizeB = b[i - rank + b.length] ?? 1;
    if (sizeA !== sizeB && sizeA !== 1 && sizeB !== 1) {
      throw new TypeError(
        `Cannot broadcast: shapes must match or be 1, got [${a}] and [${b}]`,
      );
    }
    return sizeA === 1 ? sizeB : sizeA;
  });
}

/** Whether two shapes are equal. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, i) => size === b[i]);
}

/** Row-major strides, in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis]!;
  }
  return strides;
}

/**
 * Strides that read a tensor of `from` as if it had shape `to`: 0 on stretched axes.
 *
 * @throws {TypeError} when `from` does not broadcast to `to`
 */
export function broadcastStrides(from: Shape, to: Shape): number[] {
  if (!sameShape(broadcastShapes(from, to), to)) {
    throw new TypeError(`Cannot broadcast shape [${from}] to [${to}]`);
  }
  const strides = stridesOf(from);
  const offset = to.length - from.length;
  return to.map((_, axis) =>
    axis < offset || from[axis - offset] === 1 ? 0 : strides[axis - offset]!
  );
}

/**
 * Axis counted from the end when negative.
 *
 * @throws {RangeError} when there is no such axis
 */
export function normalizeAxis(axis: number, rank: number): number {
  const normal = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || normal < 0 || normal >= rank) {
    throw new RangeError(`Axis must be an axis of rank ${rank}, got ${axis}`);
  }
  return normal;
}

/** Sorted axes without repeats, counted from the front. */
export function normalizeAxes(
  axes: readonly number[],
  rank: number,
): readonly number[] {
  const normal = axes.map((axis) => normalizeAxis(axis, rank));
  if (new Set(normal).size !== normal.length) {
    throw new RangeError(`Axes must not repeat, got [${axes}]`);
  }
  return normal.sort((a, b) => a - b);
}

/**
 * Fills in the one size given as -1.
 *
 * @throws {TypeError} when the sizes do not hold `from`'s elements
 */
export function resolveReshape(from: Shape, to: Shape): Shape {
  const unknown = to.indexOf(-1);
  const known = sizeOf(to.filter((size) => size !== -1));
  const shape = unknown < 0
    ? to
    : to.map((size, i) => i === unknown ? sizeOf(from) / known : size);
  const valid = shape.every((size) => Number.isInteger(size) && size >= 0);
  if (!valid || sizeOf(shape) !== sizeOf(from)) {
    throw new TypeError(`Cannot reshape [${from}] to [${to}]`);
  }
  return shape;
}

/** Output length of a convolution along one axis. */
export function convolutionSize(
  size: number,
  kernel: number,
  { stride, padding }: { stride: number; padding: number },
): number {
  return Math.floor((size + 2 * padding - kernel) / stride) + 1;
}
