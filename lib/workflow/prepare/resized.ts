import { decodeEncoded } from "../../../datasets/mod.ts";
import {
  encodeJpeg,
  encodeWebp,
  freePicture,
  type Picture,
  scaleSmallerSide,
} from "../../image/mod.ts";
import type { FileStore } from "./file_store.ts";
import type { Settled } from "./settled.ts";

/** Bytes of a file besides those of its pixels, about. */
const HEADER_BYTES = 600;

/** What pictures are encoded as when they are made smaller. */
const FORMATS: Readonly<
  Record<Settled["format"], {
    /** Bytes of a pixel of a photograph, about. */
    readonly pixelBytes: number;
    /** What readers are told. */
    config(settled: Settled): { readonly quality?: number };
    encode(picture: Picture, settled: Settled): Promise<Uint8Array>;
  }>
> = {
  jpeg: {
    pixelBytes: 0.35,
    config: ({ quality }) => ({ quality }),
    encode: (picture, { quality }) => encodeJpeg(picture, { quality }),
  },
  webp: {
    pixelBytes: 0.85,
    config: () => ({}),
    encode: (picture) => encodeWebp(picture),
  },
};

/**
 * Files scaled once, as ADM's crops scale, to the smaller side that the largest
 * crop needs; those that are no larger are copied as they are.
 */
export const RESIZED: FileStore = {
  config(settled) {
    const { format, size } = settled;
    const smallerSide = sideOf(settled);
    return { size, smallerSide, format, ...FORMATS[format].config(settled) };
  },
  about(settled, mean) {
    // Photographs are about 4 to 3.
    const pixels = sideOf(settled) ** 2 * 4 / 3;
    const stored = HEADER_BYTES + pixels * FORMATS[settled.format].pixelBytes;
    return Math.min(mean, stored);
  },
  async stored(encoded, index, settled) {
    const side = sideOf(settled);
    const source = await decodeEncoded(encoded, index);
    if (Math.min(source.width, source.height) <= side) {
      freePicture(source);
      return await encoded.bytes(index);
    }
    const scaled = scaleSmallerSide(source, side);
    const file = await FORMATS[settled.format].encode(scaled, settled);
    freePicture(source);
    return file;
  },
};

/** Smaller side that crops of a size are cut from: ADM's largest. */
function sideOf({ size, minFraction }: Settled): number {
  return Math.ceil(size / minFraction);
}
