import sharp, { type Sharp } from "sharp";
import {
  type DecodeOptions,
  KNOWN_FORMATS,
  openPicture,
  type ToRgb,
} from "./header.ts";
import { ImageError } from "./image_error.ts";
import type { Picture } from "./pixels.ts";
import { Turn } from "./turn.ts";

/** Pictures of more pixels are decoded one at a time: each is 100 MB and more. */
const LARGE_PIXELS = 2 ** 25;

/** What sharp says, and what it means. */
const CAUSES: readonly (readonly [RegExp, string])[] = [
  [
    /^Input (buffer|file) contains unsupported image format$/,
    `expected ${KNOWN_FORMATS}, found none of them`,
  ],
  [/^Unknown error$/i, "it is damaged, or of a variety that is not known"],
];

sharp.cache(false);
// Pictures are decoded side by side: threads inside of one cost a tenth more.
sharp.concurrency(1);

/**
 * Checks the header of a picture file, of which nothing else is read.
 *
 * @throws {ImageError} naming the file
 */
export async function checkPictureFile(
  path: string,
  options: DecodeOptions,
): Promise<void> {
  await guard(options.name, async () => {
    const { size: bytes } = await Deno.stat(path);
    await openPicture(path, { ...options, bytes });
  });
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
    const { input, way, count } = await openPicture(bytes, {
      ...options,
      bytes: bytes.length,
    });
    return await inTurn(count, options, () => TO_RGB[way](input));
  });
}

/** Ways to Pillow's RGB. */
const TO_RGB: Readonly<Record<ToRgb, (input: Sharp) => Promise<Picture>>> = {
  colours: (input) => pixels(input.removeAlpha().toColourspace("srgb"), 3),
  async inks(input) {
    const inks = input.pipelineColourspace("cmyk").toColourspace("cmyk");
    return rgbOfInks(await pixels(inks, 4));
  },
  async deep(input) {
    const raw = input.toColourspace("grey16").raw({ depth: "ushort" });
    const { data, info } = await raw.toBuffer({ resolveWithObject: true });
    const values = new Uint16Array(
      data.buffer,
      data.byteOffset,
      data.length / 2,
    );
    return clippedGrey(values, info);
  },
};

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
    const { input, count } = await openPicture(bytes, {
      ...options,
      bytes: bytes.length,
    });
    const rgba = input.toColourspace("srgb").ensureAlpha();
    return await inTurn(count, options, () => pixels(rgba, 4));
  });
}

/** Turns of this thread, where it does not share them with others. */
const OWN_TURN = new Turn();

/** Decodes a picture, a large one while no other is in work. */
async function inTurn<T>(
  count: number,
  { turn = OWN_TURN }: DecodeOptions,
  run: () => Promise<T>,
): Promise<T> {
  return await (count <= LARGE_PIXELS ? run() : turn.take(run));
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

/** Grey of 16 bits as Pillow converts it: all that is not nearly black is white. */
function clippedGrey(
  values: Uint16Array,
  { width, height }: { readonly width: number; readonly height: number },
): Picture {
  const data = new Uint8Array(3 * width * height);
  for (let pixel = 0; pixel < width * height; pixel++) {
    data.fill(Math.min(values[pixel]!, 255), 3 * pixel, 3 * pixel + 3);
  }
  return { width, height, channels: 3, data };
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

/**
 * Runs what reads a picture.
 *
 * @throws {ImageError} naming the file, in place of what the decoder says
 */
export async function guard<T>(
  name: string,
  run: () => Promise<T>,
): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof ImageError || !(error instanceof Error)) throw error;
    const line = error.message.split("\n")[0]!.replace(/:\s*$/, "");
    const [, detail = line] = CAUSES.find(([said]) => said.test(line)) ?? [];
    throw new ImageError(`Cannot decode "${name}": ${detail}`, {
      cause: error,
    });
  }
}
