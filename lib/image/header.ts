import sharp, { type Metadata, type Sharp, type SharpOptions } from "sharp";
import { ImageError } from "./image_error.ts";
import { type JpegHeader, jpegHeader } from "./jpeg_header.ts";
import { MAX_PIXELS } from "./pixels.ts";
import type { Turn } from "./turn.ts";

/**
 * Formats that are read, and the most pixels that a byte of each can hold; a
 * file that claims more is cut or made to take memory.
 */
const FORMATS: Readonly<Record<string, number>> = {
  // A bit for each block of 8 x 8 of a grey one at least.
  jpeg: 1024,
  // Deflate makes 1032 bytes of one; a byte may be 8 pixels.
  png: 8 * 1032,
  // A code of 12 bits stands for a run of at most about 4,000 pixels.
  gif: 4096,
  // Both can say "all white" of any size in a few bytes.
  webp: Infinity,
  tiff: Infinity,
};

/** How pixels become RGB: as their colours, from inks, or of more than 8 bits. */
export type ToRgb = "colours" | "inks" | "deep";

/** The formats in words. */
export const KNOWN_FORMATS = Object.keys(FORMATS).join(", ");

/** Files of up to so many pixels are not worth suspecting. */
const SMALL = 2 ** 16;

/** How a file is decoded. */
export interface DecodeOptions {
  /** Path or other name of the file, for messages. */
  readonly name: string;
  /** Most pixels that are accepted; checked before anything is decoded. */
  readonly maxPixels?: number;
  /** Where large pictures take turns; the thread's own unless given. */
  readonly turn?: Turn | undefined;
}

/** A picture whose header is good. */
export interface OpenPicture extends PictureHeader {
  readonly input: Sharp;
  readonly way: ToRgb;
  /** Number of pixels. */
  readonly count: number;
}

const SHARP: SharpOptions = {
  // Of the decoder's complaints Pillow minds errors, not warnings.
  failOn: "error",
  ignoreIcc: true,
};

/**
 * Opens a picture for decoding once its header is known to be good: of bytes,
 * or of the file at a path, of which nothing but the header is read.
 *
 * @throws {ImageError} naming the file: its format is not known, it has too many
 *   pixels, or more than its bytes can hold
 */
export async function openPicture(
  source: Uint8Array | string,
  { name, bytes, maxPixels = MAX_PIXELS }: DecodeOptions & {
    /** Size of the file. */
    readonly bytes: number;
  },
): Promise<OpenPicture> {
  if (bytes === 0) {
    throw new ImageError(`Cannot decode "${name}": the file is empty`);
  }
  const { way, ...header } = await describe(source);
  const count = pixelsOf(header, { name, bytes, maxPixels });
  const input = sharp(source, { ...SHARP, limitInputPixels: maxPixels });
  return { input, way, count, ...header };
}

/** What the header of a picture file says. */
export interface PictureHeader {
  readonly format: string;
  /** In pixels. */
  readonly width: number;
  readonly height: number;
}

/**
 * How many pixels a header promises.
 *
 * @throws {ImageError} naming the file: its format is not known, it has too many
 *   pixels, or more than its bytes can hold
 */
export function pixelsOf(
  { format, width, height }: PictureHeader,
  { name, bytes, maxPixels = MAX_PIXELS }: DecodeOptions & {
    readonly bytes: number;
  },
): number {
  const fail = (detail: string) =>
    new ImageError(`Cannot decode "${name}": ${detail}`);
  const most = FORMATS[format];
  if (most === undefined) {
    throw fail(`expected ${KNOWN_FORMATS}, found ${format}`);
  }
  const count = width * height;
  if (count === 0) throw fail("it has no pixels");
  if (count > maxPixels) {
    throw fail(
      `expected at most ${maxPixels} pixels, found ${width} x ${height}`,
    );
  }
  if (count > Math.max(SMALL, bytes * most)) {
    throw fail(
      `expected at most ${
        bytes * most
      } pixels of ${bytes} bytes of ${format}, ` +
        `found ${width} x ${height}`,
    );
  }
  return count;
}

type Described = Pick<Metadata, "format" | "width" | "height"> & {
  readonly way: ToRgb;
};

/** What a picture's header says. */
async function describe(source: Uint8Array | string): Promise<Described> {
  const jpeg = typeof source === "string" ? undefined : jpegHeader(source);
  // Asking the decoder twice would cost a tenth of decoding a photograph.
  if (jpeg !== undefined && isPlain(jpeg)) {
    const { width, height } = jpeg;
    return { format: "jpeg", width, height, way: "colours" };
  }
  // Without a limit of its own, so that sizes past ours can be told.
  const header = sharp(source, { ...SHARP, limitInputPixels: false });
  const { format, width, height, space, channels } = await header.metadata();
  const isDeepGrey = space === "grey16" && channels === 1;
  const way = space === "cmyk" ? "inks" : isDeepGrey ? "deep" : "colours";
  return { format, width, height, way };
}

/** Whether a JPEG is grey or coloured and has pixels. */
function isPlain({ width, height, components }: JpegHeader): boolean {
  return width > 0 && height > 0 && (components === 1 || components === 3);
}
