import fc from "fast-check";
import type { DType } from "../../lib/tensor/mod.ts";
import {
  type Cases,
  type Example,
  HALF,
  type None,
  type OpCase,
  samplesFrom,
  type Tolerance,
} from "./case.ts";
import {
  AWKWARD_PAIRS,
  numberTypes,
  pairs,
  type ShapePair,
} from "./layouts.ts";
import { bool, f32, f64, i32 } from "./values.ts";

type Arithmetic =
  | "add"
  | "sub"
  | "mul"
  | "div"
  | "pow"
  | "maximum"
  | "minimum"
  | "less"
  | "equal";

type Logic = "and" | "or";

function example(
  name: string,
  [a, b]: readonly [readonly number[], readonly number[]],
  expected: readonly number[],
): Example<None> {
  return {
    name,
    inputs: [f32([a.length], a), f32([b.length], b)],
    attributes: {},
    expected: f64([expected.length], expected),
  };
}

/** The same, of i32. */
function integers(
  name: string,
  [a, b]: readonly [readonly number[], readonly number[]],
  expected: readonly number[],
): Example<None> {
  return {
    name,
    inputs: [i32([a.length], a), i32([b.length], b)],
    attributes: {},
    expected: i32([expected.length], expected),
  };
}

/** The same with an answer of yes or no. */
function answers(
  name: string,
  [a, b]: readonly [readonly number[], readonly number[]],
  expected: readonly number[],
): Example<None> {
  const { inputs, attributes } = example(name, [a, b], expected);
  return { name, inputs, attributes, expected: bool([a.length], expected) };
}

const ROUNDED = {
  f32: 2e-7,
  gradient: 3e-6,
  reason: "one rounding; gradients sum up to 300 terms",
  half: HALF.once,
} as const;

const EXACT = {
  f32: 0,
  gradient: 3e-6,
  reason: "no rounding; gradients sum up to 300 terms",
  half: HALF.moved,
} as const;

interface Layout {
  readonly pair: ShapePair;
  readonly dtype: DType;
}

const CORNERS: readonly Layout[] = [
  ...AWKWARD_PAIRS.map((pair) => ({ pair, dtype: "f32" as const })),
  { pair: [[2, 1], [3]], dtype: "i32" },
];

/** A case of f32 and i32 whose values never tie. */
function arithmetic(
  examples: readonly Example<None>[],
  tolerance: Tolerance = EXACT,
): OpCase<None> {
  return {
    examples,
    samples: samplesFrom<Layout, None>(
      CORNERS,
      fc.record({ pair: pairs, dtype: numberTypes }),
      ({ pair: [a, b], dtype }, draw) => ({
        inputs: dtype === "f32"
          ? draw.apart(a, b)
          : [draw.of(dtype, a), draw.of(dtype, b)],
        attributes: {},
      }),
    ),
    tolerance,
  };
}

/** A case of a function of f32 with operands between bounds. */
function ranged(
  examples: readonly Example<None>[],
  { a, b, tolerance }: {
    a: { low: number; high: number };
    b: { low: number; high: number };
    tolerance: Tolerance;
  },
): OpCase<None> {
  return {
    examples,
    samples: samplesFrom<ShapePair, None>(
      AWKWARD_PAIRS,
      pairs,
      ([left, right], draw) => ({
        inputs: [draw.floats(left, a), draw.floats(right, b)],
        attributes: {},
      }),
    ),
    tolerance,
  };
}

function logic(examples: readonly Example<None>[]): OpCase<None> {
  return {
    examples,
    samples: samplesFrom<ShapePair, None>(
      AWKWARD_PAIRS,
      pairs,
      ([a, b], draw) => ({
        inputs: [draw.bools(a), draw.bools(b)],
        attributes: {},
      }),
    ),
    tolerance: EXACT,
  };
}

function table(expected: readonly number[]): Example<None> {
  return {
    name: "truth table by broadcasting",
    inputs: [bool([2, 1], [0, 1]), bool([2], [0, 1])],
    attributes: {},
    expected: bool([2, 2], expected),
  };
}

const FACTOR = { low: 0.5, high: 3 } as const;

/** Cases of the elementwise ops of two operands. */
export const binary: Cases<Arithmetic | Logic> = {
  add: arithmetic([
    example("a scalar on the right", [[1, 2.5, -3], [0.5]], [1.5, 3, -2.5]),
    integers("wraps", [[2147483647, 3], [1, -5]], [-2147483648, -2]),
  ], ROUNDED),
  sub: arithmetic([
    example("a scalar on the left", [[1], [0.5, 2.5, -3]], [0.5, -1.5, 4]),
    integers("order", [[3, 0], [5, -4]], [-2, 4]),
  ], ROUNDED),
  mul: arithmetic([
    example("signs", [[2, -3, 0], [0.5, 0.5, -4]], [1, -1.5, -0]),
    integers("wraps", [[65536, -3], [65536, 5]], [0, -15]),
  ], ROUNDED),
  div: ranged([
    example("signs", [[1, -3, 0], [4, 2, -5]], [0.25, -1.5, -0]),
    {
      ...example("by zero", [[1, -1, 0], [0, 0, 0]], [
        Infinity,
        -Infinity,
        NaN,
      ]),
      gradient: false,
    },
  ], { a: { low: -2, high: 2 }, b: FACTOR, tolerance: ROUNDED }),
  pow: ranged([
    example("squares and roots", [[3, 4, 2], [2, 0.5, -1]], [9, 2, 0.5]),
    example("zero exponents and bases", [[0, 0, 5], [0, 3, 0]], [1, 0, 1]),
    {
      ...example("negative bases", [[-2, -2, -1], [3, 2, 0.5]], [-8, 4, NaN]),
      gradient: false,
    },
  ], {
    a: FACTOR,
    b: { low: -2, high: 3 },
    tolerance: {
      f32: 3e-6,
      gradient: 1e-5,
      reason: "exp of a logarithm",
      half: HALF.once,
    },
  }),
  maximum: arithmetic([
    example("a tie shares its gradient", [[1, 2, -3], [1, -4, 5]], [1, 2, 5]),
    integers("signs", [[-3, 4], [-5, 9]], [-3, 9]),
  ]),
  minimum: arithmetic([
    example("a tie shares its gradient", [[1, 2, -3], [1, -4, 5]], [1, -4, -3]),
    integers("signs", [[-3, 4], [-5, 9]], [-5, 4]),
  ]),
  less: arithmetic([
    answers("order and ties", [[1, 2, 3], [2, 2, 1]], [1, 0, 0]),
    answers("infinities and NaN", [[-Infinity, NaN], [0, 1]], [1, 0]),
  ]),
  equal: arithmetic([
    answers("order and ties", [[1, 2, -0], [2, 2, 0]], [0, 1, 1]),
    answers("infinities and NaN", [[Infinity, NaN], [Infinity, NaN]], [1, 0]),
  ]),
  and: logic([table([0, 0, 0, 1])]),
  or: logic([table([0, 1, 1, 1])]),
};
