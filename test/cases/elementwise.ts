import fc from "fast-check";
import {
  apply,
  type DType,
  type FAMILIES,
  mul,
  type OpAttributes,
  type Shape,
  square,
} from "../../lib/tensor/mod.ts";
import { type Cases, HALF, type None, samplesFrom } from "./case.ts";
import { binary } from "./elementwise_binary.ts";
import { unary } from "./elementwise_unary.ts";
import { anyTypes, AWKWARD_SHAPES, pairs, shapes } from "./layouts.ts";
import { bool, f32, f64, i32, u32, u8 } from "./values.ts";

const EXACT = {
  f32: 0,
  gradient: 1e-6,
  reason: "values are chosen or kept; gradients sum a few terms",
  half: HALF.moved,
} as const;

interface Select {
  readonly condition: Shape;
  readonly a: Shape;
  readonly b: Shape;
  readonly dtype: DType;
}

const SELECTS: readonly Select[] = [
  { condition: [], a: [], b: [], dtype: "f32" },
  { condition: [3], a: [], b: [2, 1], dtype: "f32" },
  { condition: [2, 1], a: [5], b: [], dtype: "f32" },
  { condition: [1], a: [0], b: [1], dtype: "f32" },
  { condition: [4], a: [4], b: [4], dtype: "i32" },
  { condition: [4], a: [1], b: [4], dtype: "bool" },
];

interface Cast {
  readonly from: DType;
  readonly to: DType;
  readonly shape: Shape;
}

const CASTS: readonly Cast[] = [
  { from: "f32", to: "i32", shape: [3, 7] },
  { from: "f32", to: "bool", shape: [9] },
  { from: "i32", to: "f32", shape: [] },
  { from: "i32", to: "bool", shape: [5] },
  { from: "u32", to: "f32", shape: [5] },
  { from: "i32", to: "u32", shape: [0] },
  { from: "u8", to: "f32", shape: [2, 3] },
  { from: "bool", to: "f32", shape: [4] },
  { from: "bool", to: "i32", shape: [1, 4] },
];

/** Cases of the elementwise ops. */
export const elementwise: Cases<keyof typeof FAMILIES.elementwise> = {
  ...unary,
  ...binary,
  select: {
    examples: [{
      name: "all three broadcast; the other side may be infinite",
      inputs: [
        bool([2, 1], [1, 0]),
        f32([3], [1, 2, Infinity]),
        f32([], [-7]),
      ],
      attributes: {},
      expected: f64([2, 3], [1, 2, Infinity, -7, -7, -7]),
    }],
    samples: samplesFrom<Select, None>(
      SELECTS,
      fc.tuple(pairs, anyTypes, fc.nat({ max: 2 })).map(
        ([[p, q], dtype, order]) => {
          const [condition, a, b] = [[p, q, q], [q, p, q], [q, q, p]][order]!;
          return { condition: condition!, a: a!, b: b!, dtype };
        },
      ),
      ({ condition, a, b, dtype }, draw) => ({
        inputs: [draw.bools(condition), draw.of(dtype, a), draw.of(dtype, b)],
        attributes: {},
      }),
    ),
    tolerance: EXACT,
  },
  cast: {
    examples: [
      {
        name: "floats are cut towards zero",
        inputs: [f32([5], [1.75, -1.75, 0.5, -0.5, 3])],
        attributes: { dtype: "i32" },
        expected: i32([5], [1, -1, 0, 0, 3]),
      },
      {
        name: "bytes become floats",
        inputs: [u8([3], [0, 128, 255])],
        attributes: { dtype: "f32" },
        expected: f64([3], [0, 128, 255]),
      },
      {
        name: "what is not zero is true",
        inputs: [f32([4], [0, -0, 0.25, -3])],
        attributes: { dtype: "bool" },
        expected: bool([4], [0, 0, 1, 1]),
      },
      {
        name: "large words become floats",
        inputs: [u32([2], [4294967295, 2147483648])],
        attributes: { dtype: "f32" },
        expected: f64([2], [4294967295, 2147483648]),
      },
    ],
    samples: samplesFrom<Cast, OpAttributes["cast"]>(
      CASTS,
      fc.record({
        from: fc.constantFrom("f32", "i32", "bool", "u8"),
        to: fc.constantFrom("f32", "i32", "bool"),
        shape: shapes(),
      }).filter(({ from, to }) => from !== to),
      ({ from, to, shape }, draw) => ({
        inputs: [draw.of(from, shape)],
        attributes: { dtype: to },
      }),
    ),
    tolerance: {
      f32: 1e-7,
      reason: "words past 2^24 round once",
      half: HALF.moved,
    },
  },
  // The value is x^2 w, so that gradients show what was computed again.
  recomputed: {
    examples: [{
      name: "keeps values",
      inputs: [f32([2], [1.5, -2]), f32([2], [2, 3])],
      attributes: {},
      expected: f64([2], [4.5, 12]),
    }],
    samples: samplesFrom<Shape, None>(
      AWKWARD_SHAPES,
      shapes(),
      (shape, draw) => ({
        inputs: [draw.floats(shape), draw.floats(shape)],
        attributes: {},
      }),
    ),
    tolerance: { f32: 1e-6, reason: "two products", half: HALF.once },
    build: ([x, w]) => apply("recomputed", [mul(square(x!), w!), x!, w!], {}),
  },
  fence: {
    examples: [{
      name: "keeps values",
      inputs: [f32([2], [1.5, -2])],
      attributes: {},
      expected: f64([2], [1.5, -2]),
    }],
    samples: samplesFrom<Shape, None>(
      AWKWARD_SHAPES,
      shapes(),
      (shape, draw) => ({ inputs: [draw.floats(shape)], attributes: {} }),
    ),
    tolerance: EXACT,
  },
  stop_gradient: {
    examples: [{
      name: "keeps values",
      inputs: [f32([2], [1.5, -2])],
      attributes: {},
      expected: f64([2], [1.5, -2]),
    }],
    samples: samplesFrom<Shape, None>(
      AWKWARD_SHAPES,
      shapes(),
      (shape, draw) => ({ inputs: [draw.floats(shape)], attributes: {} }),
    ),
    gradient: "zero",
    tolerance: EXACT,
  },
};
