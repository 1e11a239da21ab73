import sharp from "sharp";
import { RandomStream } from "../../../lib/random/mod.ts";
import type { Bytes } from "../bytes.ts";

/** Formats that pictures are spoiled in. */
const FORMATS = ["jpeg", "png", "webp", "gif", "tiff"] as const;

/** A noisy ramp. */
export interface Ramp {
  readonly side: number;
  /** Name of its draws. */
  readonly stream: string;
  /** Numbers in a row over which values rise by one. */
  readonly run: number;
  /** Noise is drawn below this value. */
  readonly noise: number;
}

/** Pixels of a square picture, RGB. */
export function rampPixels(
  { side, stream, run, noise }: Ramp,
): Uint8Array<ArrayBuffer> {
  const draws = new RandomStream({ seed: 1, stream });
  return Uint8Array.from(
    { length: side * side * 3 },
    (_, i) => (i / run + draws.integer(noise)) % 256,
  );
}

/** The picture as a file of a format. */
export async function encodedRamp(
  ramp: Ramp,
  format: typeof FORMATS[number],
): Promise<Bytes> {
  const { side } = ramp;
  const raw = { width: side, height: side, channels: 3 } as const;
  const image = sharp(rampPixels(ramp), { raw }).toFormat(format);
  return new Uint8Array(await image.toBuffer());
}

/** The picture in all formats, to be spoiled. */
export async function encodedSeeds(
  ramp: Ramp,
): Promise<{ extension: string; bytes: Bytes }[]> {
  return await Promise.all(
    FORMATS.map(async (format) => ({
      extension: format,
      bytes: await encodedRamp(ramp, format),
    })),
  );
}
