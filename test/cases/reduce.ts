import fc from "fast-check";
import type {
  FAMILIES,
  ReduceAttributes,
  Shape,
} from "../../lib/tensor/mod.ts";
import { type Cases, HALF, type Samples, samplesFrom } from "./case.ts";
import { axesOf, shapes } from "./layouts.ts";
import { f32, f64 } from "./values.ts";

interface Layout {
  readonly shape: Shape;
  readonly axes: readonly number[];
  readonly keepDims: boolean;
}

const CORNERS: readonly Layout[] = [
  { shape: [], axes: [], keepDims: false },
  { shape: [5], axes: [0], keepDims: false },
  { shape: [1], axes: [0], keepDims: true },
  { shape: [2, 3, 4], axes: [1], keepDims: true },
  { shape: [2, 3, 4], axes: [0, 2], keepDims: false },
  { shape: [2, 3, 4], axes: [-1], keepDims: false },
  { shape: [0, 3], axes: [0], keepDims: false },
  { shape: [3, 0], axes: [0], keepDims: true },
  { shape: [3, 257], axes: [1], keepDims: false },
  { shape: [1030, 2], axes: [0], keepDims: false },
];

function reductions(): Samples<ReduceAttributes> {
  return samplesFrom<Layout, ReduceAttributes>(
    CORNERS,
    shapes({ maxRank: 5 }).chain((shape) =>
      fc.record({
        shape: fc.constant(shape),
        axes: axesOf(shape),
        keepDims: fc.boolean(),
      })
    ),
    ({ shape, axes, keepDims }, draw) => ({
      inputs: draw.apart(shape),
      attributes: { axes, keepDims },
    }),
  );
}

/** Cases of the reductions. */
export const reduce: Cases<keyof typeof FAMILIES.reduce> = {
  reduce_sum: {
    examples: [
      {
        name: "rows",
        inputs: [f32([2, 3], [1, 2, 3, 4, 5, -6])],
        attributes: { axes: [1], keepDims: false },
        expected: f64([2], [6, 3]),
      },
      {
        name: "columns that stay",
        inputs: [f32([2, 3], [1, 2, 3, 4, 5, -6])],
        attributes: { axes: [0], keepDims: true },
        expected: f64([1, 3], [5, 7, -3]),
      },
      {
        name: "nothing sums to 0",
        inputs: [f32([2, 0], [])],
        attributes: { axes: [1], keepDims: false },
        expected: f64([2], [0, 0]),
      },
    ],
    samples: reductions(),
    tolerance: {
      f32: 2e-6,
      reason: "sums of up to 300 terms in any order",
      half: HALF.sums,
    },
  },
  reduce_max: {
    examples: [
      {
        name: "ties share the gradient evenly",
        inputs: [f32([2, 3], [7, 2, 7, -4, -5, -6])],
        attributes: { axes: [1], keepDims: false },
        expected: f64([2], [7, -4]),
      },
      {
        name: "over everything",
        inputs: [f32([2, 2], [-Infinity, -2, -3, -Infinity])],
        attributes: { axes: [0, 1], keepDims: true },
        expected: f64([1, 1], [-2]),
      },
      {
        name: "the largest of nothing is -infinity",
        inputs: [f32([2, 0], [])],
        attributes: { axes: [1], keepDims: false },
        expected: f64([2], [-Infinity, -Infinity]),
      },
    ],
    samples: reductions(),
    tolerance: {
      f32: 0,
      gradient: 1e-6,
      reason: "one element is chosen",
      half: HALF.moved,
    },
  },
};
