import fc from "fast-check";
import type { ConvolutionAttributes, Shape } from "../../lib/tensor/mod.ts";

/** Shapes and attributes of one convolution. */
export interface Convolution {
  /** [B, C, H, W]. */
  readonly image: Shape;
  /** [O, C, KH, KW]. */
  readonly filter: Shape;
  /** [B, O, H', W']. */
  readonly result: Shape;
  readonly attributes: ConvolutionAttributes;
}

type Pair = readonly [number, number];

interface Sizes {
  /** B, C, O. */
  readonly counts: readonly [number, number, number];
  readonly image: Pair;
  readonly kernel: Pair;
  readonly stride?: Pair;
  readonly padding?: Pair;
}

function convolution(
  { counts, image, kernel, stride = [1, 1], padding = [0, 0] }: Sizes,
): Convolution {
  const [images, channels, filters] = counts;
  // Positions of the kernel inside the padded image, by counting them.
  const positions = image.map((size, axis) => {
    const last = size + 2 * padding[axis]! - kernel[axis]!;
    let count = 0;
    for (let at = 0; at <= last; at += stride[axis]!) count++;
    return count;
  });
  return {
    image: [images, channels, ...image],
    filter: [filters, channels, ...kernel],
    result: [images, filters, ...positions],
    attributes: { stride, padding },
  };
}

const SIZES: readonly Sizes[] = [
  // One pixel.
  { counts: [1, 1, 1], image: [1, 1], kernel: [1, 1] },
  // The models' 3 x 3.
  { counts: [2, 3, 4], image: [5, 6], kernel: [3, 3], padding: [1, 1] },
  // Pixels on the right and bottom that no kernel reaches.
  { counts: [1, 2, 3], image: [6, 8], kernel: [3, 3], stride: [2, 2] },
  // Downsampling, with padding on one side only to be used.
  {
    counts: [2, 3, 2],
    image: [6, 6],
    kernel: [3, 3],
    stride: [2, 2],
    padding: [1, 1],
  },
  // Patches that do not overlap.
  { counts: [2, 3, 5], image: [4, 4], kernel: [2, 2], stride: [2, 2] },
  // Stride past the kernel.
  { counts: [1, 2, 2], image: [7, 7], kernel: [2, 2], stride: [3, 3] },
  // No symmetry.
  {
    counts: [1, 2, 3],
    image: [5, 9],
    kernel: [2, 4],
    stride: [2, 1],
    padding: [0, 2],
  },
  // As many channels as a vector holds, and one more.
  { counts: [1, 17, 16], image: [3, 3], kernel: [3, 3], padding: [1, 1] },
  // Whole vectors of channels on both sides, several images.
  { counts: [2, 16, 32], image: [4, 5], kernel: [3, 3], padding: [1, 1] },
  {
    counts: [2, 32, 16],
    image: [4, 4],
    kernel: [3, 3],
    stride: [2, 2],
    padding: [1, 1],
  },
  // Pointwise, with a stride.
  { counts: [2, 4, 3], image: [5, 5], kernel: [1, 1], stride: [2, 2] },
  // No images.
  { counts: [0, 2, 3], image: [4, 4], kernel: [3, 3], padding: [1, 1] },
];

/** Convolutions that engines get wrong. */
export const CONVOLUTIONS = SIZES.map(convolution);

function pair(low: number, high: number): fc.Arbitrary<Pair> {
  const number = fc.integer({ min: low, max: high });
  return fc.tuple(number, number);
}

/** Random convolutions whose kernel fits the image. */
export const convolutions: fc.Arbitrary<Convolution> = fc.record({
  counts: fc.tuple(
    fc.integer({ min: 1, max: 2 }),
    fc.integer({ min: 1, max: 3 }),
    fc.integer({ min: 1, max: 3 }),
  ),
  image: pair(3, 7),
  kernel: pair(1, 3),
  stride: pair(1, 3),
  padding: pair(0, 2),
}).map(convolution);
