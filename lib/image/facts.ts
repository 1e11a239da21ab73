import { guard } from "./decode.ts";
import {
  type DecodeOptions,
  openPicture,
  type PictureHeader,
  pixelsOf,
} from "./header.ts";
import { ImageError } from "./image_error.ts";
import { jpegHeader } from "./jpeg_header.ts";

/** What a picture file says of its picture, which is not decoded. */
export interface PictureFacts extends PictureHeader {
  /** Whether encoding loses pixels: JPEG, WebP with loss, the palette of a GIF. */
  readonly isLossy: boolean;
}

/** First bytes of a file that say enough of most. */
export const FACTS_BYTES = 4096;

/** What is known of a file whose facts are asked for. */
export interface FactsOptions extends Pick<DecodeOptions, "name"> {
  /** Bytes of the file. */
  readonly bytes: number;
  /** Reads all of them, where the first ones do not say enough. */
  whole(): Promise<Uint8Array>;
}

/**
 * Size and format of a picture file by its first bytes, as far as these say it.
 *
 * @param start the first {@link FACTS_BYTES}, or all
 * @throws {ImageError} naming the file, as decoding it would
 */
export async function pictureFacts(
  start: Uint8Array,
  { name, bytes, whole }: FactsOptions,
): Promise<PictureFacts> {
  if (bytes === 0) {
    throw new ImageError(`Cannot decode "${name}": the file is empty`);
  }
  return await guard(name, async () => {
    const found = factsIn(start) ?? await factsOfWhole(await whole(), name);
    pixelsOf(found, { name, bytes });
    return found;
  });
}

/** What the decoder says of a file that none of our readers knows. */
async function factsOfWhole(
  bytes: Uint8Array,
  name: string,
): Promise<PictureFacts> {
  const known = factsIn(bytes);
  if (known !== undefined) return known;
  const options = { name, bytes: bytes.length };
  const { format, width, height } = await openPicture(bytes, options);
  // Of WebP nothing but loss is left to doubt.
  return { format, width, height, isLossy: /jpeg|gif|webp/.test(format) };
}

function factsIn(bytes: Uint8Array): PictureFacts | undefined {
  for (const read of [jpegFacts, pngFacts, gifFacts, webpFacts]) {
    const facts = read(bytes);
    if (facts !== undefined) return facts;
  }
  return undefined;
}

function jpegFacts(bytes: Uint8Array): PictureFacts | undefined {
  const header = jpegHeader(bytes);
  if (header === undefined) return undefined;
  const { width, height } = header;
  return { format: "jpeg", width, height, isLossy: true };
}

const PNG = "\x89PNG\r\n\x1a\n";

/** IHDR is the first chunk of a PNG file. */
function pngFacts(bytes: Uint8Array): PictureFacts | undefined {
  if (bytes.length < 24 || !begins(bytes, PNG)) return undefined;
  if (!begins(bytes.subarray(12), "IHDR")) return undefined;
  const view = viewOf(bytes);
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  return { format: "png", width, height, isLossy: false };
}

function gifFacts(bytes: Uint8Array): PictureFacts | undefined {
  if (bytes.length < 10 || !begins(bytes, "GIF8")) return undefined;
  const view = viewOf(bytes);
  const [width, height] = [view.getUint16(6, true), view.getUint16(8, true)];
  return { format: "gif", width, height, isLossy: true };
}

/** The chunk of a WebP file that holds pixels, and whether they lost anything. */
const WEBP_PIXELS: Readonly<Record<string, boolean>> = {
  "VP8 ": true,
  VP8L: false,
};

function webpFacts(bytes: Uint8Array): PictureFacts | undefined {
  if (bytes.length < 30 || !begins(bytes, "RIFF")) return undefined;
  if (!begins(bytes.subarray(8), "WEBP")) return undefined;
  const kind = textAt(bytes, 12);
  const size = WEBP_SIZES[kind]?.(viewOf(bytes));
  const isLossy = webpLoss(bytes);
  if (size === undefined || isLossy === undefined) return undefined;
  const [width, height] = size;
  return { format: "webp", width, height, isLossy };
}

/** Width and height by the first chunk of a file. */
const WEBP_SIZES: Readonly<
  Record<string, (view: DataView) => readonly [width: number, height: number]>
> = {
  "VP8 ": (view) => [
    view.getUint16(26, true) & 0x3fff,
    view.getUint16(28, true) & 0x3fff,
  ],
  VP8L(view) {
    const bits = view.getUint32(21, true);
    return [1 + (bits & 0x3fff), 1 + ((bits >> 14) & 0x3fff)];
  },
  VP8X: (view) => [
    1 + (view.getUint32(24, true) & 0xffffff),
    1 + (view.getUint32(26, true) >>> 8),
  ],
};

/** Whether the pixels of a WebP file lost anything; undefined for later chunks. */
function webpLoss(bytes: Uint8Array): boolean | undefined {
  const view = viewOf(bytes);
  for (let at = 12; at + 8 <= bytes.length;) {
    const isLossy = WEBP_PIXELS[textAt(bytes, at)];
    if (isLossy !== undefined) return isLossy;
    const length = view.getUint32(at + 4, true);
    at += 8 + length + length % 2;
  }
  return undefined;
}

function begins(bytes: Uint8Array, text: string): boolean {
  return [...text].every((letter, at) => bytes[at] === letter.charCodeAt(0));
}

function textAt(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
