import {
  cut,
  MAX_PIXELS,
  type Picture,
  type Rectangle,
  requireInside,
} from "./pixels.ts";
import type { ResizeFilter } from "./resample/filters.ts";
import { type Passes, resamplePlainly } from "./resample/plain.ts";
import { resampleByVectors } from "./resample/simd.ts";
import {
  type AxisResize,
  type Span,
  spanBelow,
  tapsOf,
} from "./resample/taps.ts";

/** Size and kernel of a resized picture. */
export interface ResizeOptions {
  /** Width of the result in pixels. */
  readonly width: number;
  /** Height of the result in pixels. */
  readonly height: number;
  /** Resampling kernel. */
  readonly filter: ResizeFilter;
}

/**
 * Resizes a picture with the same bytes as Pillow's `Image.resize`.
 *
 * Pillow's antialiasing convolution: the kernel widens with the scale, rows
 * first, then columns, each rounded to 8 bits; weights have 22 fraction bits.
 *
 * @throws {RangeError} when a size is no whole number of at least 1, or the
 * result would have more than {@link MAX_PIXELS}
 */
export function resize(source: Picture, options: ResizeOptions): Picture {
  const { width, height } = options;
  return resizeInTurn(source, {
    steps: [options],
    window: { left: 0, top: 0, width, height },
  });
}

/**
 * A window of what a picture becomes when it is resized in several steps, of
 * which nothing is computed that the window does not need; without any it is
 * cut out. What comes back is a picture of its own.
 *
 * @throws {RangeError} as {@linkcode resize}, and when the window does not lie
 *   inside
 */
export function resizeInTurn(
  source: Picture,
  { steps: all, window }: {
    readonly steps: readonly ResizeOptions[];
    readonly window: Rectangle;
  },
): Picture {
  const steps = stepsFrom(source, all);
  if (steps.length === 0) return cut(source, window);
  requireInside(window, steps.at(-1)!.to);
  const windows = steps.reduceRight(
    (found, step) => [windowBelow(step, found[0]!), ...found],
    [window],
  );
  // Of the source all is there; of what follows, the windows.
  let [piece, { left, top }] = [source, { left: 0, top: 0 }];
  for (const [i, { columns, rows }] of steps.entries()) {
    const next = windows[i + 1]!;
    piece = resample(piece, {
      columns: tapsOf(columns, columnsOf(next), left),
      rows: tapsOf(rows, rowsOf(next), top),
    });
    ({ left, top } = next);
  }
  return piece;
}

function resample(source: Picture, passes: Passes): Picture {
  return resampleByVectors(source, passes) ?? resamplePlainly(source, passes);
}

/** A step of a resize: what becomes of each axis. */
interface Step {
  readonly to: ResizeOptions;
  readonly columns: AxisResize;
  readonly rows: AxisResize;
}

/** Steps that change the size of a picture. */
function stepsFrom(source: Size, all: readonly ResizeOptions[]): Step[] {
  let from = source;
  return all.flatMap((to) => {
    requireSize(from, to);
    const { filter } = to;
    const step = {
      to,
      columns: { from: from.width, to: to.width, filter },
      rows: { from: from.height, to: to.height, filter },
    };
    const same = from.width === to.width && from.height === to.height;
    from = to;
    return same ? [] : [step];
  });
}

type Size = Pick<Picture, "width" | "height">;

function requireSize(from: Size, { width, height }: Size): void {
  const whole = Number.isInteger(width) && Number.isInteger(height);
  const pixels = Math.max(width * height, width * from.height);
  if (whole && width >= 1 && height >= 1 && pixels <= MAX_PIXELS) return;
  throw new RangeError(
    `Cannot resize a picture of ${from.width} x ${from.height} to ` +
      `${width} x ${height}`,
  );
}

/** What a step must have for a window of what it makes. */
function windowBelow({ columns, rows }: Step, window: Rectangle): Rectangle {
  const across = spanBelow(columns, columnsOf(window));
  const down = spanBelow(rows, rowsOf(window));
  return {
    left: across.start,
    top: down.start,
    width: across.count,
    height: down.count,
  };
}

function columnsOf({ left, width }: Rectangle): Span {
  return { start: left, count: width };
}

function rowsOf({ top, height }: Rectangle): Span {
  return { start: top, count: height };
}
