import type { Picture, Rectangle } from "./pixels.ts";
import { resizeInTurn, type ResizeOptions } from "./resize.ts";

/**
 * The centre crop of ADM (Dhariwal and Nichol 2021), with Pillow's bytes.
 *
 * Halves by box filter while the smaller side is at least twice the size, then
 * resizes it to the size bicubically and cuts the middle square.
 */
export function centerCrop(source: Picture, size: number): Picture {
  return scaledWindow(source, size, (scaled) => ({
    left: Math.floor((scaled.width - size) / 2),
    top: Math.floor((scaled.height - size) / 2),
    width: size,
    height: size,
  }));
}

/** Which random crop to take. */
export interface RandomCropDraws {
  /** Side of the square in pixels. */
  readonly size: number;
  /** Length that the smaller side is scaled to; see {@link cropRange}. */
  readonly smallerSide: number;
  /** The first row, of so many that it may be. */
  top(count: number): number;
  /** The first column, of so many. */
  left(count: number): number;
}

/** Smallest and largest scaled side of ADM's random crop, both included. */
export function cropRange(
  size: number,
  { minFraction = 0.8, maxFraction = 1 } = {},
): { readonly least: number; readonly most: number } {
  return {
    least: Math.ceil(size / maxFraction),
    most: Math.ceil(size / minFraction),
  };
}

/** The random crop of ADM (Dhariwal and Nichol 2021), with Pillow's bytes. */
export function randomCrop(source: Picture, draws: RandomCropDraws): Picture {
  const { size, smallerSide } = draws;
  return scaledWindow(source, smallerSide, (scaled) => ({
    top: draws.top(scaled.height - size + 1),
    left: draws.left(scaled.width - size + 1),
    width: size,
    height: size,
  }));
}

/**
 * Scales a picture as ADM's crops do, with Pillow's bytes, until its smaller
 * side has a length.
 */
export function scaleSmallerSide(source: Picture, side: number): Picture {
  return scaledWindow(source, side, ({ width, height }) => ({
    left: 0,
    top: 0,
    width,
    height,
  }));
}

/** A window of the picture that scaling makes. */
function scaledWindow(
  source: Picture,
  side: number,
  windowOf: (scaled: Size) => Rectangle,
): Picture {
  const steps: ResizeOptions[] = [];
  let scaled: Size = source;
  while (Math.min(scaled.width, scaled.height) >= 2 * side) {
    scaled = {
      width: Math.floor(scaled.width / 2),
      height: Math.floor(scaled.height / 2),
    };
    steps.push({ ...scaled, filter: "box" });
  }
  const scale = side / Math.min(scaled.width, scaled.height);
  scaled = {
    width: roundHalfEven(scaled.width * scale),
    height: roundHalfEven(scaled.height * scale),
  };
  steps.push({ ...scaled, filter: "bicubic" });
  return resizeInTurn(source, { steps, window: windowOf(scaled) });
}

type Size = Pick<Picture, "width" | "height">;

/** Rounds as Python does: halves go to the even neighbour. */
function roundHalfEven(x: number): number {
  const below = Math.floor(x);
  const rest = x - below;
  if (rest !== 0.5) return Math.round(x);
  return below % 2 === 0 ? below : below + 1;
}
