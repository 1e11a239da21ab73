import { ioError, readBytes, UserError } from "../lib/artifact/mod.ts";
import { MAX_PICTURE_BYTES } from "../lib/container/mod.ts";
import {
  centerCrop,
  checkPictureFile,
  ImageError,
  type Picture,
} from "../lib/image/mod.ts";

/**
 * Reads a file and decodes it.
 *
 * @throws {UserError} naming the file when it is too large or either fails
 */
export async function readPicture<P>(
  path: string,
  decode: (bytes: Uint8Array, options: { name: string }) => Promise<P>,
): Promise<P> {
  return await clearly(path, async () => {
    // A huge one is refused before it is read.
    await checkPictureFile(path, { name: path });
    const bytes = await readBytes(path, { maxBytes: MAX_PICTURE_BYTES });
    return await decode(bytes, { name: path });
  });
}

/**
 * Runs what reads or decodes a picture.
 *
 * @throws {UserError} naming the picture where it cannot be read or decoded
 */
export async function clearly<T>(
  name: string,
  run: () => Promise<T>,
): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof ImageError) {
      throw new UserError(error.message, { cause: error });
    }
    throw ioError(error, `Cannot read "${name}"`);
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
