import fc from "fast-check";
import type { FAMILIES, OpAttributes, Shape } from "../../lib/tensor/mod.ts";
import { type Cases, HALF, samplesFrom } from "./case.ts";
import { positive, shapes } from "./layouts.ts";
import { f32, f64, i32 } from "./values.ts";

const MOVED = {
  f32: 0,
  gradient: 2e-6,
  reason: "elements are copied; gradients add those of repeated rows",
  half: HALF.moved,
} as const;

interface Rows {
  readonly rows: number;
  /** Shape of the indices. */
  readonly indices: Shape;
  /** Shape of one row. */
  readonly row: Shape;
}

const ROWS: readonly Rows[] = [
  { rows: 5, indices: [3], row: [4] },
  { rows: 1, indices: [7], row: [1] },
  { rows: 4, indices: [], row: [2, 3] },
  { rows: 3, indices: [2, 5], row: [] },
  { rows: 3, indices: [0], row: [2] },
  { rows: 3, indices: [2], row: [0] },
  { rows: 17, indices: [33], row: [3] },
];

const rows: fc.Arbitrary<Rows> = fc.record({
  rows: fc.integer({ min: 1, max: 9 }),
  indices: shapes({ maxRank: 2 }),
  row: shapes({ maxRank: 2 }),
}).filter(({ indices, row }) =>
  [...indices, ...row].reduce((a, b) => a * Math.max(b, 1), 1) <= 300
);

interface Window {
  readonly shape: Shape;
  readonly axis: number;
  readonly size: number;
  readonly start: number;
}

const WINDOWS: readonly Window[] = [
  { shape: [5, 3], axis: 0, size: 2, start: 1 },
  { shape: [2, 7], axis: 1, size: 3, start: 4 },
  { shape: [4], axis: 0, size: 4, start: 0 },
  { shape: [2, 5, 3], axis: 1, size: 1, start: 4 },
  { shape: [3, 2], axis: 0, size: 0, start: 2 },
  // Past the end, and before the start: clamped.
  { shape: [5, 2], axis: 0, size: 2, start: 9 },
  { shape: [5, 2], axis: 0, size: 2, start: -3 },
];

const windows: fc.Arbitrary<Window> = fc
  .array(positive, { minLength: 1, maxLength: 3 })
  .chain((shape) =>
    fc.nat({ max: shape.length - 1 }).chain((axis) =>
      fc.record({
        shape: fc.constant(shape),
        axis: fc.constant(axis),
        size: fc.nat({ max: shape[axis]! }),
        start: fc.integer({ min: -1, max: 5 }),
      })
    )
  );

const TABLE = f32([3, 2], [1, 2, 3, 4, 5, 6]);

/** Cases of the indexing ops. */
export const indexing: Cases<keyof typeof FAMILIES.indexing> = {
  gather: {
    examples: [{
      name: "rows, one of them twice",
      inputs: [TABLE, i32([3], [2, 0, 2])],
      attributes: {},
      expected: f64([3, 2], [5, 6, 1, 2, 5, 6]),
    }],
    samples: samplesFrom<Rows, OpAttributes["gather"]>(
      ROWS,
      rows,
      ({ rows, indices, row }, draw) => ({
        inputs: [
          draw.floats([rows, ...row]),
          draw.integers(indices, { high: rows }),
        ],
        attributes: {},
      }),
    ),
    tolerance: { ...MOVED, half: HALF.sums },
  },
  scatter_add: {
    examples: [{
      name: "a row twice and a row never",
      inputs: [i32([3], [2, 0, 2]), TABLE],
      attributes: { rows: 4 },
      expected: f64([4, 2], [3, 4, 0, 0, 6, 8, 0, 0]),
    }],
    samples: samplesFrom<Rows, OpAttributes["scatter_add"]>(
      ROWS,
      rows,
      ({ rows, indices, row }, draw) => ({
        inputs: [
          draw.integers(indices, { high: rows }),
          draw.floats([...indices, ...row]),
        ],
        attributes: { rows },
      }),
    ),
    tolerance: {
      f32: 2e-6,
      gradient: 0,
      reason: "sums of repeated rows in any order",
      half: HALF.sums,
    },
  },
  slice_at: {
    examples: [
      {
        name: "from row 1",
        inputs: [TABLE, i32([], [1])],
        attributes: { axis: 0, size: 2 },
        expected: f64([2, 2], [3, 4, 5, 6]),
      },
      {
        name: "a start past the end is clamped",
        inputs: [TABLE, i32([], [7])],
        attributes: { axis: 0, size: 2 },
        expected: f64([2, 2], [3, 4, 5, 6]),
      },
    ],
    samples: samplesFrom<Window, OpAttributes["slice_at"]>(
      WINDOWS,
      windows,
      ({ shape, axis, size, start }, draw) => ({
        inputs: [draw.floats(shape), i32([], [start])],
        attributes: { axis, size },
      }),
    ),
    tolerance: MOVED,
  },
  update_slice: {
    examples: [
      {
        name: "column 1",
        inputs: [TABLE, f32([3, 1], [7, 8, 9]), i32([], [1])],
        attributes: { axis: 1 },
        expected: f64([3, 2], [1, 7, 3, 8, 5, 9]),
      },
      {
        name: "a start past the end is clamped",
        inputs: [TABLE, f32([2, 2], [7, 8, 9, 0]), i32([], [2])],
        attributes: { axis: 0 },
        expected: f64([3, 2], [1, 2, 7, 8, 9, 0]),
      },
    ],
    samples: samplesFrom<Window, OpAttributes["update_slice"]>(
      WINDOWS,
      windows,
      ({ shape, axis, size, start }, draw) => ({
        inputs: [
          draw.floats(shape),
          draw.floats(shape.map((all, i) => i === axis ? size : all)),
          i32([], [start]),
        ],
        attributes: { axis },
      }),
    ),
    tolerance: MOVED,
  },
};
