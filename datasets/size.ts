import { ioError } from "../lib/artifact/mod.ts";
import type { EncodedPictures } from "./encoded.ts";

/** How large a dataset is, as far as it is known without reading archives. */
export interface DatasetSize {
  readonly images: number;
  /** Names of the classes. */
  readonly classes: readonly string[];
  /** What was assumed, in words; undefined where it was counted. */
  readonly assumed?: string;
}

/** Bytes of a picture of ImageNet, about. */
export const PICTURE_BYTES = 110_000;
/** Classes where nothing is known of them. */
const CLASSES = 1000;

/** The size of a set that was opened, which is let go. */
export function countedSize(pictures: EncodedPictures): DatasetSize {
  const { count, classes } = pictures;
  pictures.close();
  return { images: count, classes: classes.map(({ name }) => name) };
}

/** The published size of a set of which a part may be there. */
export function publishedSize(
  images: number,
  classes: readonly string[],
): DatasetSize {
  const counted = images.toLocaleString("en-US");
  return { images, classes, assumed: `all ${counted} pictures are there` };
}

/**
 * About how large a set is, by the bytes of its files.
 *
 * @throws {UserError} when one cannot be read
 */
export async function sizeByBytes(
  files: readonly string[],
): Promise<DatasetSize> {
  let bytes = 0;
  for (const file of files) {
    try {
      bytes += (await Deno.stat(file)).size;
    } catch (error) {
      throw ioError(error, `Cannot read "${file}"`);
    }
  }
  return {
    images: Math.max(1, Math.round(bytes / PICTURE_BYTES)),
    classes: Array.from({ length: CLASSES }, (_, label) => String(label)),
    assumed: `pictures have ${PICTURE_BYTES / 1000} kB, of ${CLASSES} classes`,
  };
}
