import { crc32 } from "./crc32.ts";

/** What every PNG begins with. */
const SIGNATURE = [137, 80, 78, 71, 13, 10, 26, 10];

/** Bytes of a chunk besides its data: length, type and checksum. */
const FRAME_BYTES = 12;

/** Colour type of RGB. */
const RGB = 2;

/** Flag, method, language and translated keyword of an uncompressed iTXt chunk. */
const PLAIN_TEXT = [0, 0, 0, 0];

/** A picture with a text. */
export interface PngPicture {
  readonly width: number;
  readonly height: number;
  /** RGB, row by row. */
  readonly pixels: Uint8Array;
  /** Texts by keyword. */
  readonly texts: Readonly<Record<string, string>>;
}

/** A PNG file: 8-bit RGB, its texts in iTXt chunks. */
export async function encodePng(
  { width, height, pixels, texts }: PngPicture,
): Promise<Blob> {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, RGB, 0, 0, 0], 8);
  const encoder = new TextEncoder();
  const chunks = Object.entries(texts).map(([keyword, text]) =>
    chunk("iTXt", [
      ...encoder.encode(keyword),
      0,
      ...PLAIN_TEXT,
      ...encoder.encode(text),
    ])
  );
  return new Blob([
    Uint8Array.from(SIGNATURE),
    chunk("IHDR", header),
    ...chunks,
    chunk("IDAT", await deflated(filtered({ width, height, pixels }))),
    chunk("IEND", []),
  ], { type: "image/png" });
}

/** Rows, each behind the byte that says that it is not filtered. */
function filtered(
  { width, height, pixels }: Omit<PngPicture, "texts">,
): Uint8Array<ArrayBuffer> {
  const stride = 3 * width;
  const rows = new Uint8Array(height * (stride + 1));
  for (let y = 0; y < height; y++) {
    const row = pixels.subarray(y * stride, (y + 1) * stride);
    rows.set(row, y * (stride + 1) + 1);
  }
  return rows;
}

async function deflated(
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream()
    .pipeThrough(new CompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function chunk(type: string, data: ArrayLike<number>): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(data.length + FRAME_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(data, 8);
  const checked = bytes.subarray(4, 8 + data.length);
  view.setUint32(8 + data.length, crc32(checked));
  return bytes;
}

/**
 * The text of a keyword in a PNG, if it has one.
 *
 * @throws {SyntaxError} where the bytes are no PNG, or a damaged one
 */
export function pngText(
  bytes: Uint8Array<ArrayBuffer>,
  keyword: string,
): string | undefined {
  if (SIGNATURE.some((byte, i) => bytes[i] !== byte)) {
    throw new SyntaxError("Cannot read the picture: it is no PNG");
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decoder = new TextDecoder();
  const start = [...new TextEncoder().encode(keyword), 0, ...PLAIN_TEXT];
  for (let at = SIGNATURE.length; at + FRAME_BYTES <= bytes.length;) {
    const length = view.getUint32(at);
    const end = at + 8 + length;
    if (end + 4 > bytes.length) break;
    const type = decoder.decode(bytes.subarray(at + 4, at + 8));
    const data = bytes.subarray(at + 8, end);
    if (type === "iTXt" && start.every((byte, i) => data[i] === byte)) {
      if (view.getUint32(end) === crc32(bytes.subarray(at + 4, end))) {
        return decoder.decode(data.subarray(start.length));
      }
      throw new SyntaxError("Cannot read the picture: its text is damaged");
    }
    at = end + 4;
  }
  return undefined;
}
