import fc from "fast-check";
import type { FAMILIES, OpAttributes, Shape } from "../../lib/tensor/mod.ts";
import { type Cases, HALF, samplesFrom } from "./case.ts";
import {
  type Convolution,
  CONVOLUTIONS,
  convolutions,
} from "./convolutions.ts";
import { pairs, positive, type ShapePair } from "./layouts.ts";
import { f32, f64 } from "./values.ts";

interface Product {
  /** Leading axes of both sides. */
  readonly batch: ShapePair;
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

const PLAIN = { transposeA: false, transposeB: false } as const;

const PRODUCTS: readonly Product[] = [
  { batch: [[], []], rows: 1, inner: 1, columns: 1, ...PLAIN },
  { batch: [[], []], rows: 5, inner: 33, columns: 7, ...PLAIN },
  // Past a tile of 64 in every direction.
  { batch: [[], []], rows: 65, inner: 130, columns: 67, ...PLAIN },
  { batch: [[3], []], rows: 2, inner: 4, columns: 5, ...PLAIN },
  { batch: [[], [3]], rows: 2, inner: 4, columns: 5, ...PLAIN },
  { batch: [[2, 1], [3]], rows: 3, inner: 2, columns: 4, ...PLAIN },
  { batch: [[], []], rows: 0, inner: 3, columns: 2, ...PLAIN },
  { batch: [[], []], rows: 2, inner: 0, columns: 3, ...PLAIN },
  { batch: [[0], [1]], rows: 2, inner: 3, columns: 1, ...PLAIN },
  {
    batch: [[2], [2]],
    rows: 17,
    inner: 3,
    columns: 2,
    transposeA: true,
    transposeB: false,
  },
  {
    batch: [[2], []],
    rows: 3,
    inner: 5,
    columns: 9,
    transposeA: false,
    transposeB: true,
  },
  {
    batch: [[], [2]],
    rows: 3,
    inner: 5,
    columns: 4,
    transposeA: true,
    transposeB: true,
  },
];

const products: fc.Arbitrary<Product> = fc.record({
  batch: pairs.filter(([a, b]) => size(a) <= 20 && size(b) <= 20),
  rows: positive,
  inner: fc.constantFrom(1, 2, 3, 5, 8, 13),
  columns: positive,
  transposeA: fc.boolean(),
  transposeB: fc.boolean(),
});

function size(shape: Shape): number {
  return shape.reduce((product, n) => product * n, 1);
}

const SUMS = {
  f32: 3e-6,
  gradient: 5e-6,
  reason: "sums of up to a few hundred products in any order",
  half: HALF.sums,
} as const;

/** A 3 x 3 image and a 2 x 2 filter with hand-made products. */
const IMAGE = f32([1, 1, 3, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9]);
const FILTER = f32([1, 1, 2, 2], [1, 0, 0, 2]);
const UNIT = { stride: [1, 1], padding: [0, 0] } as const;

/** Cases of the contractions. */
export const contraction: Cases<keyof typeof FAMILIES.contraction> = {
  matmul: {
    examples: [
      {
        name: "2 x 2",
        inputs: [f32([2, 2], [1, 2, 3, 4]), f32([2, 2], [5, 6, 7, 8])],
        attributes: PLAIN,
        expected: f64([2, 2], [19, 22, 43, 50]),
      },
      {
        name: "both transposed",
        inputs: [f32([2, 2], [1, 2, 3, 4]), f32([2, 2], [5, 6, 7, 8])],
        attributes: { transposeA: true, transposeB: true },
        expected: f64([2, 2], [23, 31, 34, 46]),
      },
      {
        name: "an empty sum is 0",
        inputs: [f32([1, 0], []), f32([0, 2], [])],
        attributes: PLAIN,
        expected: f64([1, 2], [0, 0]),
      },
    ],
    samples: samplesFrom<Product, OpAttributes["matmul"]>(
      PRODUCTS,
      products,
      ({ batch: [p, q], rows, inner, columns, ...attributes }, draw) => {
        const { transposeA, transposeB } = attributes;
        const a = transposeA ? [inner, rows] : [rows, inner];
        const b = transposeB ? [columns, inner] : [inner, columns];
        const inputs = [draw.floats([...p, ...a]), draw.floats([...q, ...b])];
        return { inputs, attributes: { transposeA, transposeB } };
      },
    ),
    tolerance: SUMS,
  },
  conv2d: {
    examples: [
      {
        name: "a corner and twice the opposite one",
        inputs: [IMAGE, FILTER],
        attributes: UNIT,
        expected: f64([1, 1, 2, 2], [11, 14, 20, 23]),
      },
      {
        name: "stride 2, padding 1: the filter is not turned",
        inputs: [IMAGE, FILTER],
        attributes: { stride: [2, 2], padding: [1, 1] },
        expected: f64([1, 1, 2, 2], [2, 6, 14, 23]),
      },
    ],
    samples: samplesFrom<Convolution, OpAttributes["conv2d"]>(
      CONVOLUTIONS,
      convolutions,
      ({ image, filter, attributes }, draw) => ({
        inputs: [draw.floats(image), draw.floats(filter)],
        attributes,
      }),
    ),
    tolerance: SUMS,
  },
  conv2d_dx: {
    examples: [{
      name: "each element spreads the filter",
      inputs: [f32([1, 1, 2, 2], [1, 2, 3, 4]), FILTER],
      attributes: { ...UNIT, size: [3, 3] },
      expected: f64([1, 1, 3, 3], [1, 2, 0, 3, 6, 4, 0, 6, 8]),
    }],
    samples: samplesFrom<Convolution, OpAttributes["conv2d_dx"]>(
      CONVOLUTIONS,
      convolutions,
      ({ image, filter, result, attributes }, draw) => ({
        inputs: [draw.floats(result), draw.floats(filter)],
        attributes: { ...attributes, size: [image[2]!, image[3]!] },
      }),
    ),
    tolerance: SUMS,
  },
  conv2d_dw: {
    examples: [{
      name: "patches weighted by the gradient",
      inputs: [IMAGE, f32([1, 1, 2, 2], [1, 0, 0, -1])],
      attributes: { ...UNIT, kernel: [2, 2] },
      expected: f64([1, 1, 2, 2], [-4, -4, -4, -4]),
    }],
    samples: samplesFrom<Convolution, OpAttributes["conv2d_dw"]>(
      CONVOLUTIONS,
      convolutions,
      ({ image, filter, result, attributes }, draw) => ({
        inputs: [draw.floats(image), draw.floats(result)],
        attributes: { ...attributes, kernel: [filter[2]!, filter[3]!] },
      }),
    ),
    tolerance: SUMS,
  },
};
