import fc from "fast-check";
import type {
  CompositeName,
  HostTensor,
  OpAttributes,
  Shape,
} from "../../lib/tensor/mod.ts";
import { type Cases, HALF, type Samples, samplesFrom } from "./case.ts";
import { type Draw, f32, f64 } from "./values.ts";

type RowNorm = "rms_norm" | "rms_norm_dx" | "layer_norm" | "layer_norm_dx";
type RowAttributes = OpAttributes["rms_norm"];
type GroupAttributes = OpAttributes["group_norm"];
type GroupNorm = "group_norm" | "group_norm_dx";

const NORMS = {
  f32: 5e-6,
  gradient: 5e-5,
  floor: 1,
  reason: "three reductions, a root and their gradients",
  half: HALF.sums,
} as const;

/** Values that differ by 1/2 at least: the norm of nearly equal ones is steep. */
function farApart(draw: Draw, shape: Shape): HostTensor {
  const [x] = draw.apart(shape);
  return f32(shape, Array.from(x!.data, (value) => 8 * value));
}

interface Rows {
  readonly shape: Shape;
  readonly epsilon: number;
}

const ROWS: readonly Rows[] = [
  { shape: [5], epsilon: 1e-6 },
  { shape: [3, 8], epsilon: 1e-5 },
  { shape: [2, 3, 33], epsilon: 1e-6 },
  { shape: [2, 1], epsilon: 0.5 },
  { shape: [0, 4], epsilon: 1e-6 },
  // Wider than a workgroup.
  { shape: [2, 1030], epsilon: 1e-6 },
];

const rows: fc.Arbitrary<Rows> = fc.record({
  shape: fc.tuple(
    fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }),
    fc.integer({ min: 2, max: 17 }),
  ).map(([outer, width]) => [...outer, width]),
  epsilon: fc.constantFrom(1e-6, 1e-5, 0.1),
});

/** Samples of x, then vectors of its last axis, then cotangents of its shape. */
function rowNorms(
  { vectors, cotangents }: { vectors: number; cotangents: number },
): Samples<RowAttributes> {
  return samplesFrom<Rows, RowAttributes>(
    ROWS,
    rows,
    ({ shape, epsilon }, draw) => {
      const width = [shape.at(-1)!];
      return {
        inputs: [
          farApart(draw, shape),
          ...Array.from({ length: vectors }, () => draw.floats(width)),
          ...Array.from({ length: cotangents }, () => draw.floats(shape)),
        ],
        attributes: { epsilon },
      };
    },
  );
}

interface Groups {
  readonly shape: readonly [number, number, number, number];
  readonly groups: number;
}

const GROUPS: readonly Groups[] = [
  { shape: [1, 4, 3, 3], groups: 2 },
  { shape: [2, 6, 1, 5], groups: 3 },
  { shape: [2, 3, 4, 4], groups: 1 },
  { shape: [1, 4, 2, 3], groups: 4 },
  { shape: [0, 4, 2, 2], groups: 2 },
];

const groups: fc.Arbitrary<Groups> = fc.record({
  batch: fc.integer({ min: 1, max: 3 }),
  groups: fc.integer({ min: 1, max: 3 }),
  channels: fc.integer({ min: 1, max: 3 }),
  height: fc.integer({ min: 2, max: 4 }),
  width: fc.integer({ min: 1, max: 4 }),
}).map(({ batch, groups, channels, height, width }) => ({
  shape: [batch, groups * channels, height, width],
  groups,
}));

function groupNorms(
  { vectors, cotangents }: { vectors: number; cotangents: number },
): Samples<GroupAttributes> {
  return samplesFrom<Groups, GroupAttributes>(
    GROUPS,
    groups,
    ({ shape, groups }, draw) => ({
      inputs: [
        farApart(draw, shape),
        ...Array.from({ length: vectors }, () => draw.floats([shape[1]])),
        ...Array.from({ length: cotangents }, () => draw.floats(shape)),
      ],
      attributes: { groups, epsilon: 1e-5 },
    }),
  );
}

/** Cases of the norms. */
export const norms: Cases<(RowNorm | GroupNorm) & CompositeName> = {
  rms_norm: {
    examples: [
      {
        name: "a root mean square of 5",
        inputs: [f32([1, 2], [1, 7]), f32([2], [1, 2])],
        attributes: { epsilon: 0 },
        expected: f64([1, 2], [0.2, 2.8]),
      },
      {
        name: "epsilon is added under the root",
        inputs: [f32([2], [1, 7]), f32([2], [6, 3])],
        attributes: { epsilon: 11 },
        expected: f64([2], [1, 3.5]),
      },
      {
        name: "zeros stay",
        inputs: [f32([2], [0, 0]), f32([2], [6, 3])],
        attributes: { epsilon: 1e-6 },
        expected: f64([2], [0, 0]),
      },
    ],
    samples: rowNorms({ vectors: 1, cotangents: 0 }),
    tolerance: NORMS,
  },
  rms_norm_dx: {
    examples: [{
      name: "stands upright on x",
      inputs: [f32([2], [1, 7]), f32([2], [1, 2]), f32([2], [1, 1])],
      attributes: { epsilon: 0 },
      expected: f64([2], [0.14, -0.02]),
    }],
    samples: rowNorms({ vectors: 1, cotangents: 1 }),
    tolerance: NORMS,
  },
  layer_norm: {
    examples: [{
      name: "variance 5 and epsilon 4",
      inputs: [
        f32([1, 4], [1, 3, 5, 7]),
        f32([4], [1, 3, 3, 2]),
        f32([4], [0, 1, 0, -1]),
      ],
      attributes: { epsilon: 4 },
      expected: f64([1, 4], [-1, 0, 1, 1]),
    }],
    samples: rowNorms({ vectors: 2, cotangents: 0 }),
    tolerance: NORMS,
  },
  layer_norm_dx: {
    examples: [{
      name: "half of 3 / (1 + 3)^1.5",
      inputs: [f32([2], [-1, 1]), f32([2], [1, 1]), f32([2], [1, 0])],
      attributes: { epsilon: 3 },
      expected: f64([2], [0.1875, -0.1875]),
    }],
    samples: rowNorms({ vectors: 1, cotangents: 1 }),
    tolerance: NORMS,
  },
  group_norm: {
    examples: [{
      name: "two groups of two channels",
      inputs: [
        f32([1, 4, 1, 2], [1, 3, 5, 7, 0, 0, 0, 0]),
        f32([4], [3, 3, 1, 1]),
        f32([4], [0, 1, 2, -5]),
      ],
      attributes: { groups: 2, epsilon: 4 },
      expected: f64([1, 4, 1, 2], [-3, -1, 2, 4, 2, 2, -5, -5]),
    }],
    samples: groupNorms({ vectors: 2, cotangents: 0 }),
    tolerance: NORMS,
  },
  group_norm_dx: {
    examples: [{
      name: "half of 2 * 3 / (1 + 3)^1.5",
      inputs: [
        f32([1, 2, 1, 1], [-1, 1]),
        f32([2], [2, 1]),
        f32([1, 2, 1, 1], [1, 0]),
      ],
      attributes: { groups: 1, epsilon: 3 },
      expected: f64([1, 2, 1, 1], [0.375, -0.375]),
    }],
    samples: groupNorms({ vectors: 1, cotangents: 1 }),
    tolerance: NORMS,
  },
};
