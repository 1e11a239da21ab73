import type { Picture } from "../pixels.ts";
import { PRECISION_BITS, type Taps } from "./taps.ts";

/** Weights of both axes. */
export interface Passes {
  readonly columns: Taps;
  readonly rows: Taps;
}

/** First row that some taps see, and the first one that they do not. */
export function rowsSeen({ starts, counts }: Taps): [number, number] {
  const last = starts.length - 1;
  return [starts[0]!, starts[last]! + counts[last]!];
}

/**
 * Resamples a picture, columns first, each pass rounded to 8 bits; rows that no
 * tap sees are passed over.
 */
export function resamplePlainly(
  source: Picture,
  { columns, rows }: Passes,
): Picture {
  return resampleRows(resampleColumns(source, columns, rowsSeen(rows)), rows);
}

function resampleColumns(
  { width, height, data }: Picture,
  { starts, counts, weights, stride }: Taps,
  [top, bottom]: readonly [number, number],
): Picture {
  const newWidth = starts.length;
  const out = new Uint8Array(newWidth * height * 3);
  for (let row = top; row < bottom; row++) {
    for (let place = 0; place < newWidth; place++) {
      let red = 1 << (PRECISION_BITS - 1), green = red, blue = red;
      let at = (row * width + starts[place]!) * 3;
      const first = place * stride;
      const last = first + counts[place]!;
      for (let tap = first; tap < last; tap++) {
        const weight = weights[tap]!;
        red += data[at++]! * weight;
        green += data[at++]! * weight;
        blue += data[at++]! * weight;
      }
      const to = (row * newWidth + place) * 3;
      out[to] = clip(red);
      out[to + 1] = clip(green);
      out[to + 2] = clip(blue);
    }
  }
  return { width: newWidth, height, channels: 3, data: out };
}

function resampleRows(
  { width, data }: Picture,
  { starts, counts, weights, stride }: Taps,
): Picture {
  const height = starts.length;
  const line = width * 3;
  const out = new Uint8Array(line * height);
  const sums = new Int32Array(line);
  for (let place = 0; place < height; place++) {
    sums.fill(1 << (PRECISION_BITS - 1));
    for (let tap = 0; tap < counts[place]!; tap++) {
      const weight = weights[place * stride + tap]!;
      const at = (starts[place]! + tap) * line;
      for (let x = 0; x < line; x++) {
        sums[x] = sums[x]! + data[at + x]! * weight;
      }
    }
    for (let x = 0; x < line; x++) out[place * line + x] = clip(sums[x]!);
  }
  return { width, height, channels: 3, data: out };
}

function clip(sum: number): number {
  return Math.min(Math.max(sum >> PRECISION_BITS, 0), 255);
}
