import { GLYPH_HEIGHT, GLYPH_WIDTH, isInked } from "./glyphs.ts";
import type { Picture } from "./pixels.ts";

const LABEL_MARGIN = 4;
const LETTER_SCALE = 2;
/** Pixels between a picture and the text below it. */
const CAPTION_GAP = 1;
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
  /** A text below each picture, cut to its width. */
  readonly captions?: readonly string[];
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
  const captions = options.captions ?? [];
  const below = captions.length === 0 ? 0 : CAPTION_GAP + GLYPH_HEIGHT;
  const stepY = size.height * scale + below + padding;
  const width = margin + padding + columns * stepX;
  const height = padding + rows * stepY;
  const data = new Uint8Array(width * height * 3).fill(background);
  const canvas: Picture = { width, height, channels: 3, data };
  pictures.forEach((picture, index) => {
    const left = margin + padding + (index % columns) * stepX;
    const top = padding + Math.floor(index / columns) * stepY;
    paste(canvas, { picture, left, top, scale });
  });
  captions.forEach((text, index) => {
    const left = margin + padding + (index % columns) * stepX;
    const row = padding + Math.floor(index / columns) * stepY;
    const top = row + size.height * scale + CAPTION_GAP;
    const most = Math.floor(size.width * scale / GLYPH_WIDTH);
    write(canvas, { text: text.slice(0, most), left, top, scale: 1 });
  });
  labels.forEach((text, row) => {
    const center = padding + row * stepY + (size.height * scale) / 2;
    const top = Math.round(center - GLYPH_HEIGHT * LETTER_SCALE / 2);
    write(canvas, { text, left: LABEL_MARGIN, top, scale: LETTER_SCALE });
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
  { text, left, top, scale }: Placed & { text: string; scale: number },
): void {
  const width = text.length * GLYPH_WIDTH * scale;
  for (let y = 0; y < GLYPH_HEIGHT * scale; y++) {
    if (top + y < 0 || top + y >= canvas.height) continue;
    for (let x = 0; x < width; x++) {
      const glyph = { x: Math.floor(x / scale), y: Math.floor(y / scale) };
      if (!isInked(text, glyph)) continue;
      const to = ((top + y) * canvas.width + left + x) * 3;
      canvas.data.fill(INK, to, to + 3);
    }
  }
}
