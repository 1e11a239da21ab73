import type { Picture } from "./pixels.ts";

/** What each byte is in [-1, 1]. */
const LEVELS = Float32Array.from(
  { length: 256 },
  (_, byte) => byte / 127.5 - 1,
);

/**
 * Writes a picture as floats in [-1, 1], channels outermost, mirrored or not.
 *
 * @param out [3, height, width]
 */
export function writePlanes(
  { width, height, data }: Picture,
  { flip, out }: { readonly flip: boolean; readonly out: Float32Array },
): void {
  const plane = width * height;
  const [start, step] = flip ? [width - 1, -1] : [0, 1];
  let from = 0;
  for (let row = 0; row < height; row++) {
    let to = row * width + start;
    for (let column = 0; column < width; column++, to += step) {
      out[to] = LEVELS[data[from++]!]!;
      out[to + plane] = LEVELS[data[from++]!]!;
      out[to + 2 * plane] = LEVELS[data[from++]!]!;
    }
  }
}
