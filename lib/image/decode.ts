import sharp, { type Sharp } from "sharp";
import { MAX_PIXELS, type Picture } from "./pixels.ts";

const FORMATS: readonly string[] = ["jpeg", "png", "webp", "gif", "tiff"];
const KNOWN = FORMATS.join(", ");

/** Pictures of more pixels are decoded one at a time: each is 100 MB and more. */
const LARGE_PIXELS = 2 ** 25;

/** What sharp says of a file whose format it does not know. */
const UNKNOWN_FORMAT = "Input buffer contains unsupported image format";

sharp.cache(false);

/** A file that is no picture, a broken one, or one that is too large. */
export class ImageError extends SyntaxError {
  /** Name that logs show. */
  override readonly name = "ImageError";
}

/** How a file is decoded. */
export interface DecodeOptions {
  /** Path or other name of the file, for messages. */
  readonly name: string;
  /** Most pixels that are accepted; checked before anything is decoded. */
  readonly maxPixels?: number;
}

/**
 * Decodes a picture file to RGB with the bytes of Pillow's `convert("RGB")`.
 *
 * Colour profiles and the EXIF orientation are not applied, alpha is dropped.
 *
 * @throws {ImageError} naming the file
 */
export async function decodeRgb(
  bytes: Uint8Array,
  options: DecodeOptions,
): Promise<Picture> {
  return await guard(options.name, async () => {
    const { input, cmyk, count } = await open(bytes, options);
    return await inTurn(count, async () => {
      if (!cmyk) {
        const rgb = input.removeAlpha().toColourspace("srgb");
        return await pixels(rgb, 3);
      }
      const inks = input.pipelineColourspace("cmyk").toColourspace("cmyk");
      return rgbOfInks(await pixels(inks, 4));
    });
  });
}

/**
 * Decodes a picture file to RGBA; without alpha it is opaque.
 *
 * @throws {ImageError} naming the file
 */
export async function decodeRgba(
  bytes: Uint8Array,
  options: DecodeOptions,
): Promise<Picture<4>> {
  return await guard(options.name, async () => {
    const { input, count } = await open(bytes, options);
    const rgba = input.toColourspace("srgb").ensureAlpha();
    return await inTurn(count, () => pixels(rgba, 4));
  });
}

async function open(
  bytes: Uint8Array,
  { name, maxPixels = MAX_PIXELS }: DecodeOptions,
): Promise<{ input: Sharp; cmyk: boolean; count: number }> {
  if (bytes.length === 0) {
    throw new ImageError(`Cannot decode "${name}": the file is empty`);
  }
  const options = {
    // Of the decoder's complaints Pillow minds errors, not warnings.
    failOn: "error",
    ignoreIcc: true,
  } as const;
  // Reads a header only, so that sizes past the limit can be told.
  const header = sharp(bytes, { ...options, limitInputPixels: false });
  const { format, width, height, space } = await header.metadata();
  if (!FORMATS.includes(format)) {
    throw new ImageError(
      `Cannot decode "${name}": expected ${KNOWN}, found ${format}`,
    );
  }
  if (width * height > maxPixels) {
    throw new ImageError(
      `Cannot decode "${name}": expected at most ${maxPixels} pixels, found ` +
        `${width} x ${height}`,
    );
  }
  const input = sharp(bytes, { ...options, limitInputPixels: maxPixels });
  return { input, cmyk: space === "cmyk", count: width * height };
}

let lastLarge: Promise<unknown> = Promise.resolve();

/** Decodes a picture, a large one after those that are in work. */
async function inTurn<T>(count: number, run: () => Promise<T>): Promise<T> {
  if (count <= LARGE_PIXELS) return await run();
  const turn = lastLarge.then(run);
  lastLarge = turn.catch(() => {});
  return await turn;
}

async function pixels<C extends 3 | 4>(
  input: Sharp,
  channels: C,
): Promise<Picture<C>> {
  const raw = input.raw({ depth: "uchar" });
  const { data, info } = await raw.toBuffer({ resolveWithObject: true });
  if (info.channels !== channels) {
    throw new Error(`Expected ${channels} channels, found ${info.channels}`);
  }
  const { width, height } = info;
  const values = new Uint8Array(data.buffer, data.byteOffset, data.length);
  return { width, height, channels, data: values };
}

/** Pillow's own CMYK to RGB, which knows no profiles. */
function rgbOfInks({ width, height, data }: Picture<4>): Picture {
  const rgb = new Uint8Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const light = 255 - data[pixel * 4 + 3]!;
    for (let channel = 0; channel < 3; channel++) {
      const product = data[pixel * 4 + channel]! * light + 128;
      const inked = ((product >> 8) + product) >> 8;
      rgb[pixel * 3 + channel] = Math.max(light - inked, 0);
    }
  }
  return { width, height, channels: 3, data: rgb };
}

async function guard<T>(name: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof ImageError || !(error instanceof Error)) throw error;
    const line = error.message.split("\n")[0]!.replace(/:\s*$/, "");
    const detail = line === UNKNOWN_FORMAT
      ? `expected ${KNOWN}, found none of them`
      : line;
    throw new ImageError(`Cannot decode "${name}": ${detail}`, {
      cause: error,
    });
  }
}
