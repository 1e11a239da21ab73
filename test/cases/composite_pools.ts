import fc from "fast-check";
import type { PoolAttributes, Shape } from "../../lib/tensor/mod.ts";
import { type Cases, HALF, type Samples, samplesFrom } from "./case.ts";
import { f32, f64 } from "./values.ts";

type Pair = readonly [number, number];

interface Pool {
  /** [B, C, H, W]. */
  readonly image: Shape;
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly padding?: Pair;
}

const POOLS: readonly Pool[] = [
  // Inception's three: down, in place, whole vectors of channels.
  { image: [2, 3, 7, 9], kernel: [3, 3], stride: [2, 2] },
  { image: [1, 2, 4, 5], kernel: [3, 3], stride: [1, 1], padding: [1, 1] },
  {
    image: [2, 32, 5, 4],
    kernel: [3, 3],
    stride: [1, 1],
    padding: [1, 1],
  },
  { image: [1, 16, 8, 8], kernel: [3, 3], stride: [2, 2] },
  // VGG's: windows that do not overlap, a row and a column left out.
  { image: [2, 3, 5, 7], kernel: [2, 2], stride: [2, 2] },
  // One pixel; a step past the window; no symmetry.
  { image: [1, 1, 1, 1], kernel: [1, 1], stride: [1, 1] },
  { image: [1, 2, 7, 8], kernel: [2, 1], stride: [3, 2] },
  {
    image: [2, 1, 5, 6],
    kernel: [4, 3],
    stride: [1, 3],
    padding: [3, 1],
  },
  // No images.
  { image: [0, 2, 4, 4], kernel: [3, 3], stride: [1, 1], padding: [1, 1] },
];

function pair(low: number, high: number): fc.Arbitrary<Pair> {
  const number = fc.integer({ min: low, max: high });
  return fc.tuple(number, number);
}

/** Random pools whose window fits the image and is more than its padding. */
const pools: fc.Arbitrary<Pool> = fc.record({
  image: fc.tuple(pair(1, 2), pair(3, 7))
    .map(([counts, size]) => [...counts, ...size]),
  kernel: pair(1, 3),
  stride: pair(1, 3),
  padding: pair(0, 2),
}).map(({ kernel: [down, across], padding: [top, left], ...pool }) => ({
  ...pool,
  kernel: [down, across],
  padding: [Math.min(top, down - 1), Math.min(left, across - 1)],
}));

/** Pixels that all differ, so that differences cross no tie. */
const samples: Samples<PoolAttributes> = samplesFrom<Pool, PoolAttributes>(
  POOLS,
  pools,
  ({ image, padding = [0, 0], ...window }, draw) => ({
    inputs: draw.apart(image),
    attributes: { padding, ...window },
  }),
);

const ROWS = f32([1, 1, 3, 4], [-1, -2, -3, -4, 5, 6, -7, 8, -9, -8, -9, -2]);

/** A pool of 3 x 3 around each pixel. */
const AROUND = {
  kernel: [3, 3],
  stride: [1, 1],
  padding: [1, 1],
} as const;

/** Cases of the pools. */
export const pooling: Cases<"max_pool" | "average_pool"> = {
  max_pool: {
    examples: [{
      name: "padding is below any pixel",
      inputs: [f32([1, 1, 2, 2], [-3, -4, -1, -2])],
      attributes: { ...AROUND, stride: [2, 2] },
      expected: f64([1, 1, 1, 1], [-1]),
    }, {
      name: "around each pixel",
      inputs: [ROWS],
      attributes: AROUND,
      expected: f64([1, 1, 3, 4], [6, 6, 8, 8, 6, 6, 8, 8, 6, 6, 8, 8]),
    }],
    samples,
    tolerance: { f32: 0, gradient: 1e-6, reason: "moved", half: HALF.moved },
  },
  average_pool: {
    examples: [{
      name: "padding does not count",
      inputs: [f32([1, 1, 2, 3], [4, 8, 1, 0, 4, 3])],
      attributes: AROUND,
      // By 4, 6, 4 pixels.
      expected: f64([1, 1, 2, 3], [4, 20 / 6, 4, 4, 20 / 6, 4]),
    }],
    samples,
    tolerance: {
      f32: 5e-7,
      floor: 1,
      reason: "sums of at most 16 pixels",
      half: HALF.sums,
    },
  },
};
