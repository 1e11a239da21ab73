import sharp from "sharp";
import type { Picture } from "./pixels.ts";

/** Fixed, so that equal pictures give equal files. */
const PNG = { compressionLevel: 9, adaptiveFiltering: true } as const;

/** Encodes a picture as a PNG file. */
export async function encodePng(source: Picture<3 | 4>): Promise<Uint8Array> {
  const { width, height, channels, data } = source;
  const file = sharp(data, { raw: { width, height, channels } }).png(PNG);
  return new Uint8Array(await file.toBuffer());
}
