import {
  add,
  constantArray,
  div,
  max,
  maximum,
  pad,
  reshape,
  slice,
  sum,
} from "./functions/mod.ts";
import type { Tensor } from "./node.ts";
import type { PoolAttributes } from "./op_attributes.ts";
import { convolutionSize } from "./shape.ts";

/** How the pixels of a window become one. */
interface Joining {
  /** Of two pixels. */
  join(a: Tensor, b: Tensor): Tensor;
  /** Along an axis that goes away. */
  reduce(x: Tensor, options: { readonly axes: readonly number[] }): Tensor;
}

/** The windows along one axis of images. */
interface Along {
  readonly axis: 2 | 3;
  readonly kernel: number;
  readonly stride: number;
  /** Zeros in front. */
  readonly padding: number;
  /** Number of windows. */
  readonly count: number;
}

function alongBoth(
  { shape }: Tensor,
  { kernel, stride, padding }: PoolAttributes,
): readonly [Along, Along] {
  const along = (i: 0 | 1): Along => {
    const steps = { stride: stride[i], padding: padding[i] };
    const axis = i === 0 ? 2 : 3;
    const count = convolutionSize(shape[axis]!, kernel[i], steps);
    return { axis, kernel: kernel[i], count, ...steps };
  };
  return [along(0), along(1)];
}

/** Pixels that windows are read from along an axis, a whole stride for each. */
function reach({ kernel, stride, count }: Along): number {
  return count * stride + (kernel === stride ? 0 : kernel - 1);
}

/** x with `padding` zeros in front of an axis, cut or filled up to what is reached. */
function reached(x: Tensor, along: Along): Tensor {
  const { axis, padding } = along;
  const length = reach(along);
  const behind = Math.max(0, length - padding - x.shape[axis]!);
  const on = (size: number) => x.shape.map((_, i) => i === axis ? size : 0);
  const padded = pad(x, on(padding), on(behind));
  return slice(padded, axis, { stop: length });
}

/** Every `stride`-th pixel along an axis, from `start` on. */
function strided(x: Tensor, start: number, along: Along): Tensor {
  const { axis, stride, count } = along;
  const from = slice(x, axis, { start, stop: start + count * stride });
  const { shape } = from;
  const split = [...shape.slice(0, axis), count, stride];
  const parts = reshape(from, [...split, ...shape.slice(axis + 1)]);
  const first = slice(parts, axis + 1, { stop: 1 });
  return reshape(first, shape.with(axis, count));
}

/** The windows of x, which has been through {@linkcode reached}, along an axis. */
function windows(x: Tensor, along: Along, { join, reduce }: Joining): Tensor {
  const { axis, kernel, stride, count } = along;
  if (kernel === stride) {
    const { shape } = x;
    const split = [...shape.slice(0, axis), count, kernel];
    const apart = reshape(x, [...split, ...shape.slice(axis + 1)]);
    return reduce(apart, { axes: [axis + 1] });
  }
  return Array.from({ length: kernel }, (_, u) => strided(x, u, along))
    .reduce(join);
}

/** The largest pixel of every window. */
export function largest(x: Tensor, attributes: PoolAttributes): Tensor {
  const [down, across] = alongBoth(x, attributes);
  const filled = withoutPadding(reached(reached(x, down), across), {
    size: x.shape.slice(2),
    along: [down, across],
  });
  const joining = { join: maximum, reduce: max };
  return windows(windows(filled, down, joining), across, joining);
}

/** x with less than any number where it is padding. */
function withoutPadding(
  x: Tensor,
  { size: [height, width], along: [down, across] }: {
    readonly size: readonly number[];
    readonly along: readonly [Along, Along];
  },
): Tensor {
  const [rows, columns] = x.shape.slice(2) as [number, number];
  const inside = (at: number, { padding }: Along, size: number) =>
    at >= padding && at < padding + size;
  const isPadding = Array.from(
    { length: rows * columns },
    (_, at) =>
      inside(Math.floor(at / columns), down, height!) &&
        inside(at % columns, across, width!)
        ? 0
        : -Infinity,
  );
  if (!isPadding.includes(-Infinity)) return x;
  return add(x, constantArray([rows, columns], isPadding));
}

/** The mean of every window over the pixels inside of the image. */
export function average(x: Tensor, attributes: PoolAttributes): Tensor {
  const [down, across] = alongBoth(x, attributes);
  const joining = { join: add, reduce: sum };
  const total = windows(
    windows(reached(reached(x, down), across), down, joining),
    across,
    joining,
  );
  const rows = insideCounts(x.shape[2]!, down);
  const columns = insideCounts(x.shape[3]!, across);
  const counts = rows.flatMap((row) => columns.map((column) => row * column));
  const shape = [rows.length, columns.length];
  return div(total, constantArray(shape, counts));
}

/** Pixels inside of the image for each window along an axis. */
function insideCounts(
  size: number,
  { kernel, stride, padding, count }: Along,
): number[] {
  return Array.from({ length: count }, (_, i) => {
    const first = i * stride - padding;
    return Math.min(size, first + kernel) - Math.max(0, first);
  });
}
