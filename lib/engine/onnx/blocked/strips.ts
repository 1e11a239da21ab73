import type { Node } from "../../../tensor/mod.ts";

/** How images are cut into strips of rows, so that the strips of all fill blocks. */
export interface Strips {
  /** Strips of an image; 1 where it stays whole. */
  readonly count: number;
  /** Input rows from one strip to the next. */
  readonly step: number;
  /** Input rows of a strip, with those that its neighbours have too. */
  readonly height: number;
}

/** Zeros behind an image so that a filter's gradient meets every tap: [rows, columns]. */
export function padsBehind(
  { inputs: [x, dy], attributes }: Node<"conv2d_dw">,
): number[] {
  const { stride, padding, kernel } = attributes;
  return [0, 1].map((i) =>
    (dy!.shape[i + 2]! - 1) * stride[i]! + kernel[i]! - x!.shape[i + 2]! -
    padding[i]!
  );
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}

/** The fewest strips that fill blocks; null where the rows do not allow them. */
export function stripsOf(
  { inputs: [, dy], attributes: { stride, kernel } }: Node<"conv2d_dw">,
  block: number,
): Strips | null {
  const [images, , rows] = dy!.shape as readonly [number, number, number];
  const count = block / greatestDivisor(images, block);
  if (rows % count !== 0) return null;
  const step = rows / count * stride[0];
  return { count, step, height: step - stride[0] + kernel[0] };
}
