import { ioError, readBytes, UserError } from "../lib/artifact/mod.ts";
import {
  centerCrop,
  checkPictureFile,
  ImageError,
  type Picture,
} from "../lib/image/mod.ts";

/** Largest file of a picture, far above any that is worth training on. */
const MAX_BYTES = 256 * 1024 * 1024;

/**
 * Reads a file and decodes it.
 *
 * @throws {UserError} naming the file when it is too large or either fails
 */
export async function readPicture<P>(
  path: string,
  decode: (bytes: Uint8Array, options: { name: string }) => Promise<P>,
): Promise<P> {
  try {
    // A huge one is refused before it is read.
    await checkPictureFile(path, { name: path });
    const bytes = await readBytes(path, { maxBytes: MAX_BYTES });
    return await decode(bytes, { name: path });
  } catch (error) {
    if (error instanceof ImageError) {
      throw new UserError(error.message, { cause: error });
    }
    throw ioError(error, `Cannot read "${path}"`);
  }
}

/**
 * Crops a picture to a square of a size.
 *
 * @throws {UserError} naming the picture when its sides are too unlike
 */
export function squareOf(
  source: Picture,
  { name, size }: { name: string; size: number },
): Picture {
  try {
    return centerCrop(source, size);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UserError(
      `Cannot crop "${name}" of ${source.width} x ${source.height} to ` +
        `${size} x ${size}: its sides are too unlike`,
    );
  }
}

/**
 * Refuses sizes past the dataset's own.
 *
 * @throws {UserError} naming both
 */
export function refuseEnlarging(
  size: number,
  { own, name, hint }: { own: number; name: string; hint: string },
): void {
  if (size <= own) return;
  throw new UserError(
    `Cannot make pictures of ${size} pixels from dataset "${name}": ` +
      `they have ${own}; ${hint}`,
  );
}
