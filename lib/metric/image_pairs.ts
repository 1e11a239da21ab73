import type { HostTensor } from "../tensor/mod.ts";

/** Sizes of a batch of u8 images [n, H, W, channels]. */
export interface ImageSizes {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Values of one image. */
  readonly size: number;
}

/**
 * Reads the sizes of u8 images [n, H, W, channels].
 *
 * @throws {TypeError} when the tensor is something else
 */
export function imageSizes(images: HostTensor, name = "images"): ImageSizes {
  const [count, height, width, channels] = images.shape;
  if (
    images.dtype !== "u8" || images.shape.length !== 4 ||
    count === undefined || height === undefined || width === undefined ||
    channels === undefined
  ) {
    throw new TypeError(
      `Cannot read ${name} as images: expected u8 [n, H, W, channels], ` +
        `got ${images.dtype} [${images.shape}]`,
    );
  }
  return { count, height, width, channels, size: height * width * channels };
}

/** Two batches of images of the same sizes. */
export interface ImagePair {
  readonly images: HostTensor;
  readonly reference: HostTensor;
}

/**
 * Sizes of two batches that are compared image by image.
 *
 * @throws {TypeError} when the shapes differ or are not images
 */
export function pairedSizes({ images, reference }: ImagePair): ImageSizes {
  const sizes = imageSizes(images);
  imageSizes(reference, "the reference");
  if (images.shape.some((size, axis) => size !== reference.shape[axis])) {
    throw new TypeError(
      "Cannot compare images one by one: shapes are " +
        `[${images.shape}] and [${reference.shape}]`,
    );
  }
  return sizes;
}

/** Mean of the values; NaN for an empty list. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

/** Middle value, or the mean of the two in the middle; NaN if empty. */
export function median(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  if (sorted.length === 0) return NaN;
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? sorted[half]!
    : (sorted[half - 1]! + sorted[half]!) / 2;
}
