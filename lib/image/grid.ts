import { GLYPH_HEIGHT, GLYPH_WIDTH, isInked } from "./glyphs.ts";
import type { Picture } from "./pixels.ts";

const LABEL_MARGIN = 4;
const LETTER_SCALE = 2;
const INK = 40;

/** How pictures are laid out. */
export interface GridOptions {
  /** Pictures in a row. */
  readonly columns: number;
  /** Pixels between and around pictures; 2 by default. */
  readonly padding?: number;
  /** Each pixel becomes a square of this side; 1 by default. */
  readonly scale?: number;
  /** A text to the left of each row. */
  readonly labels?: readonly string[];
  /** Grey value between pictures; 255 by default. */
  readonly background?: number;
}

/**
 * Lays equally large pictures in rows.
 *
 * @throws {TypeError} when the sizes differ
 * @throws {RangeError} when there is no picture or no column
 */
export function gridImage(
  pictures: readonly Picture[],
  options: GridOptions,
): Picture {
  const { columns, padding = 2, scale = 1, background = 255 } = options;
  const size = commonSize(pictures);
  if (!(columns >= 1 && scale >= 1 && Number.isInteger(columns * scale))) {
    throw new RangeError(
      `Cannot lay out ${columns} columns at scale ${scale}`,
    );
  }
  const labels = options.labels ?? [];
  const rows = Math.max(Math.ceil(pictures.length / columns), labels.length);
  const margin = labelWidth(labels);
  const stepX = size.width * scale + padding;
  const stepY = size.height * scale + padding;
  const width = margin + padding + columns * stepX;
  const height = padding + rows * stepY;
  const data = new Uint8Array(width * height * 3).fill(background);
  const canvas: Picture = { width, height, channels: 3, data };
  pictures.forEach((picture, index) => {
    const left = margin + padding + (index % columns) * stepX;
    const top = padding + Math.floor(index / columns) * stepY;
    paste(canvas, { picture, left, top, scale });
  });
  labels.forEach((text, row) => {
    const center = padding + row * stepY + (size.height * scale) / 2;
    const top = Math.round(center - GLYPH_HEIGHT * LETTER_SCALE / 2);
    write(canvas, { text, left: LABEL_MARGIN, top });
  });
  return canvas;
}

function commonSize(
  pictures: readonly Picture[],
): { width: number; height: number } {
  const [first] = pictures;
  if (first === undefined) throw new RangeError("Cannot lay out no pictures");
  const { width, height } = first;
  for (const picture of pictures) {
    if (picture.width === width && picture.height === height) continue;
    throw new TypeError(
      `Cannot lay out pictures of ${width} x ${height} with one of ` +
        `${picture.width} x ${picture.height}`,
    );
  }
  return { width, height };
}

function labelWidth(labels: readonly string[]): number {
  if (labels.length === 0) return 0;
  const letters = Math.max(...labels.map((text) => text.length));
  return LABEL_MARGIN + letters * GLYPH_WIDTH * LETTER_SCALE;
}

interface Placed {
  readonly left: number;
  readonly top: number;
}

function paste(
  canvas: Picture,
  { picture, left, top, scale }: Placed & { picture: Picture; scale: number },
): void {
  const width = picture.width * scale;
  for (let y = 0; y < picture.height * scale; y++) {
    const row = Math.floor(y / scale) * picture.width;
    for (let x = 0; x < width; x++) {
      const from = (row + Math.floor(x / scale)) * 3;
      const to = ((top + y) * canvas.width + left + x) * 3;
      canvas.data[to] = picture.data[from]!;
      canvas.data[to + 1] = picture.data[from + 1]!;
      canvas.data[to + 2] = picture.data[from + 2]!;
    }
  }
}

function write(
  canvas: Picture,
  { text, left, top }: Placed & { text: string },
): void {
  const width = text.length * GLYPH_WIDTH * LETTER_SCALE;
  for (let y = 0; y < GLYPH_HEIGHT * LETTER_SCALE; y++) {
    if (top + y < 0 || top + y >= canvas.height) continue;
    for (let x = 0; x < width; x++) {
      const glyph = {
        x: Math.floor(x / LETTER_SCALE),
        y: Math.floor(y / LETTER_SCALE),
      };
      if (!isInked(text, glyph)) continue;
      const to = ((top + y) * canvas.width + left + x) * 3;
      canvas.data.fill(INK, to, to + 3);
    }
  }
}
