import { centerCrop } from "../crop.ts";
import type { Picture } from "../pixels.ts";
import { type Canvas, defineAugmentation } from "./augmentation.ts";

/** The middle square, moved by whole pixels. */
export interface Shift {
  readonly by: "shift";
  /** Pixels to the right. */
  readonly dx: number;
  /** Pixels down. */
  readonly dy: number;
}

/** Small shifts, for pictures that have a background. */
export const SHIFT = defineAugmentation({
  help: "the middle square, moved by a few pixels of background",
  numbers: {
    shift: {
      type: "integer",
      min: 0,
      max: 4_096,
      help: "largest shift in pixels along each axis",
    },
  },
  draw({ shift }, { draws }): Shift {
    const dx = draws.integer(2 * shift + 1) - shift;
    const dy = draws.integer(2 * shift + 1) - shift;
    return { by: "shift", dx, dy };
  },
  around({ shift }): Shift[] {
    if (shift === 0) return [];
    const moves = [[shift, 0], [-shift, 0], [0, shift], [0, -shift]] as const;
    return moves.map(([dx, dy]) => ({ by: "shift", dx, dy }));
  },
  cut: (source, shift: Shift, canvas) =>
    shifted(centerCrop(source, canvas.size), shift, canvas),
});

/** A square moved by whole pixels, the background behind it. */
function shifted(
  square: Picture,
  { dx, dy }: Shift,
  { size, background }: Canvas,
): Picture {
  if (dx === 0 && dy === 0) return square;
  const data = new Uint8Array(size * size * 3);
  for (let at = 0; at < data.length; at++) data[at] = background[at % 3]!;
  const width = size - Math.abs(dx);
  if (width <= 0) return { ...square, data };
  const [from, to] = [Math.max(-dx, 0), Math.max(dx, 0)];
  for (let row = Math.max(dy, 0); row < size + Math.min(dy, 0); row++) {
    const start = ((row - dy) * size + from) * 3;
    const line = square.data.subarray(start, start + width * 3);
    data.set(line, (row * size + to) * 3);
  }
  return { ...square, data };
}
