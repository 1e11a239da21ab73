import fc from "fast-check";
import type { DType, Shape } from "../../lib/tensor/mod.ts";
import {
  type Cases,
  type Example,
  HALF,
  type None,
  type OpCase,
  samplesFrom,
} from "./case.ts";
import { AWKWARD_SHAPES, numberTypes, shapes } from "./layouts.ts";
import { bool, f32, f64, i32 } from "./values.ts";

type Plain =
  | "neg"
  | "abs"
  | "sign"
  | "exp"
  | "expm1"
  | "log"
  | "log1p"
  | "sqrt"
  | "sin"
  | "cos"
  | "tanh"
  | "sigmoid"
  | "erf"
  | "floor";

/** An example of an op without attributes on f32 values. */
function example(
  name: string,
  values: readonly number[],
  expected: readonly number[],
): Example<None> {
  return {
    name,
    inputs: [f32([values.length], values)],
    attributes: {},
    expected: f64([expected.length], expected),
  };
}

const EXACT = {
  f32: 0,
  gradient: 1e-6,
  reason: "no rounding",
  half: HALF.moved,
} as const;

const LIBRARY = {
  f32: 2e-6,
  reason: "engines use their own polynomials, good to a few units of 2^-23",
  half: HALF.once,
} as const;

interface Range {
  readonly low: number;
  readonly high: number;
}

/** A case of a smooth function of f32 between two bounds. */
function smooth(
  examples: readonly Example<None>[],
  range: Range,
): OpCase<None> {
  return {
    examples,
    samples: samplesFrom<Shape, None>(
      AWKWARD_SHAPES,
      shapes(),
      (shape, draw) => ({
        inputs: [draw.floats(shape, range)],
        attributes: {},
      }),
    ),
    tolerance: LIBRARY,
  };
}

/** A case of a function of f32 and i32 that has a kink. */
function kinked(examples: readonly Example<None>[]): OpCase<None> {
  return {
    examples,
    samples: samplesFrom<{ shape: Shape; dtype: DType }, None>(
      [
        ...AWKWARD_SHAPES.map((shape) => ({ shape, dtype: "f32" as const })),
        { shape: [3, 5], dtype: "i32" },
      ],
      fc.record({ shape: shapes(), dtype: numberTypes }),
      ({ shape, dtype }, draw) => ({
        inputs: [
          dtype === "f32" ? draw.apart(shape)[0]! : draw.of(dtype, shape),
        ],
        attributes: {},
      }),
    ),
    tolerance: EXACT,
  };
}

const WIDE: Range = { low: -3, high: 3 };
const POSITIVE: Range = { low: 0.2, high: 4 };
const TINY = 2 ** -30;

const kinkedCases = {
  neg: kinked([
    example("signs and zeros", [1.5, -2, 0], [-1.5, 2, -0]),
    {
      name: "integers",
      inputs: [i32([2], [7, -2147483647])],
      attributes: {},
      expected: i32([2], [-7, 2147483647]),
    },
  ]),
  abs: kinked([
    example("signs, zero, infinity", [1.5, -2, 0, -Infinity], [
      1.5,
      2,
      0,
      Infinity,
    ]),
  ]),
  sign: kinked([
    example("signs, zero, infinity", [1e-30, -7, 0, -Infinity], [1, -1, 0, -1]),
  ]),
  floor: {
    ...kinked([
      example("between integers", [1.75, -1.75, 3, -0.25], [1, -2, 3, -1]),
    ]),
    samples: samplesFrom<Shape, None>(
      AWKWARD_SHAPES,
      shapes(),
      (shape, draw) => ({ inputs: draw.apart(shape), attributes: {} }),
    ),
  },
};

const smoothCases = {
  exp: smooth([
    example("e, underflow, infinity", [0, 1, -200, -Infinity], [
      1,
      Math.E,
      1.3838965267367376e-87,
      0,
    ]),
    example("near the largest f32", [88], [1.6516362549940018e38]),
  ], WIDE),
  expm1: smooth([
    example("one", [0, 1, -Infinity], [0, 1.718281828459045, -1]),
    example("near 0", [TINY], [TINY + 2 ** -61]),
    example("near 0, below", [-TINY], [-TINY + 2 ** -61]),
  ], WIDE),
  log: smooth([
    example("1, 2, 0, infinity", [1, 2, 0, Infinity], [
      0,
      Math.LN2,
      -Infinity,
      Infinity,
    ]),
    example("smallest normal f32", [2 ** -126], [-126 * Math.LN2]),
    example("no logarithm", [-1], [NaN]),
  ], POSITIVE),
  log1p: smooth([
    example("1, 0, -1", [1, 0, -1], [Math.LN2, 0, -Infinity]),
    example("near 0", [TINY], [TINY - 2 ** -61]),
    example("near 0, below", [-TINY], [-TINY - 2 ** -61]),
  ], { low: -0.8, high: 4 }),
  sqrt: smooth([
    example("squares", [4, 2.25, 0, Infinity], [2, 1.5, 0, Infinity]),
    example("no root", [-1], [NaN]),
  ], POSITIVE),
  sin: smooth([
    example("one", [0, 1, -1], [0, 0.8414709848078965, -0.8414709848078965]),
    example("many turns", [1000], [0.8268795405320025]),
  ], WIDE),
  cos: smooth([
    example("one", [0, 1, -1], [1, 0.5403023058681398, 0.5403023058681398]),
    example("many turns", [1000], [0.5623790762907029]),
  ], WIDE),
  tanh: smooth([
    example("one, saturated", [0, 1, 50, -50], [0, 0.7615941559557649, 1, -1]),
    example("near 0", [TINY], [TINY]),
  ], WIDE),
  sigmoid: smooth([
    example("one", [0, 1, -2], [0.5, 0.7310585786300049, 0.11920292202211755]),
    example("saturated", [200, -800, Infinity, -Infinity], [1, 0, 1, 0]),
  ], WIDE),
  erf: smooth([
    example("tables", [0, 0.5, -1, 2], [
      0,
      0.5204998778130465,
      -0.8427007929497149,
      0.9953222650189527,
    ]),
    example("tails", [3, 4, -10, Infinity], [
      0.9999779095030014,
      0.9999999845827421,
      -1,
      1,
    ]),
  ], WIDE),
};

/** Cases of the elementwise ops of one number. */
export const unary: Cases<Plain | "not"> = {
  ...kinkedCases,
  ...smoothCases,
  not: {
    examples: [{
      name: "both",
      inputs: [bool([2], [0, 1])],
      attributes: {},
      expected: bool([2], [1, 0]),
    }],
    samples: samplesFrom<Shape, None>(
      AWKWARD_SHAPES,
      shapes(),
      (shape, draw) => ({ inputs: [draw.bools(shape)], attributes: {} }),
    ),
    tolerance: EXACT,
  },
};
