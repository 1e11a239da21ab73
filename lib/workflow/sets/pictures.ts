import type { Picture } from "../../image/mod.ts";

/** Small images are drawn at this many pixels or a little less. */
const DRAWN_SIZE = 64;

/** Bytes of images, [n, H, W, 3]. */
export interface ImageBytes {
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/** How many times as large images of a width are drawn. */
export function drawnScale(width: number): number {
  return Math.max(1, Math.floor(DRAWN_SIZE / width));
}

/** Image `k` of a set, without a copy. */
export function pictureAt({ shape, data }: ImageBytes, k: number): Picture {
  const [, height = 0, width = 0] = shape;
  const size = height * width * 3;
  const pixels = data.subarray(k * size, (k + 1) * size);
  return { width, height, channels: 3, data: pixels };
}

/** Every image of a set, without copies. */
export function picturesOf(images: ImageBytes): Picture[] {
  const [count = 0] = images.shape;
  return Array.from({ length: count }, (_, k) => pictureAt(images, k));
}
