import type { HostTensor } from "../tensor/mod.ts";
import { imageSizes } from "./image_pairs.ts";

/** The closest image of a set to each query. */
export interface NearestImages {
  /** Root mean square difference per value, images in -1..1: from 0 to 2. */
  readonly distance: Float64Array;
  /** Index of the closest image. */
  readonly index: Int32Array;
}

/** Values compared before a candidate may be given up. */
const CHUNK = 256;

/**
 * Closest image of `reference` u8 [m, H, W, C] to each of `images` u8
 * [n, H, W, C], by the root mean square difference per value with the images
 * scaled to -1..1 (value / 127.5 - 1). Ties go to the lower index.
 *
 * @throws {TypeError} when the image sizes differ
 * @throws {RangeError} when the reference is empty
 */
export function nearestImages(
  { images, reference }: {
    readonly images: HostTensor;
    readonly reference: HostTensor;
  },
): NearestImages {
  const { count, size } = imageSizes(images);
  const other = imageSizes(reference, "the reference");
  if (String(images.shape.slice(1)) !== String(reference.shape.slice(1))) {
    throw new TypeError(
      "Cannot find nearest images: shapes are " +
        `[${images.shape}] and [${reference.shape}]`,
    );
  }
  if (other.count === 0) {
    throw new RangeError("Cannot find nearest images in an empty reference");
  }
  const distance = new Float64Array(count);
  const index = new Int32Array(count);
  const b = reference.data as Uint8Array;
  for (let i = 0; i < count; i++) {
    const query = images.data.subarray(i * size, (i + 1) * size) as Uint8Array;
    const best = nearest(query, b);
    index[i] = best.index;
    distance[i] = Math.sqrt(best.squares / size) / 127.5;
  }
  return { distance, index };
}

function nearest(
  query: Uint8Array,
  set: Uint8Array,
): { index: number; squares: number } {
  const size = query.length;
  let index = 0;
  let squares = Infinity;
  for (let start = 0; start < set.length; start += size) {
    const sum = squaresUpTo(squares, { query, set, start });
    if (sum < squares) {
      squares = sum;
      index = start / size;
    }
  }
  return { index, squares };
}

/** Sum of squared differences, given up once it reaches `limit`. */
function squaresUpTo(
  limit: number,
  { query, set, start }: { query: Uint8Array; set: Uint8Array; start: number },
): number {
  let sum = 0;
  for (let k = 0; k < query.length && sum < limit; k += CHUNK) {
    const end = Math.min(k + CHUNK, query.length);
    for (let m = k; m < end; m++) {
      const difference = query[m]! - set[start + m]!;
      sum += difference * difference;
    }
  }
  return sum;
}
