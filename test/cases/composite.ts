import fc from "fast-check";
import type { FAMILIES, OpAttributes, Shape } from "../../lib/tensor/mod.ts";
import {
  type Cases,
  type Example,
  HALF,
  type None,
  type Samples,
  samplesFrom,
} from "./case.ts";
import { attention } from "./composite_attention.ts";
import { norms } from "./composite_norms.ts";
import { pooling } from "./composite_pools.ts";
import { AWKWARD_SHAPES, shapes } from "./layouts.ts";
import { f32, f64 } from "./values.ts";

const FUNCTIONS = {
  f32: 2e-6,
  gradient: 1e-5,
  reason: "exponentials are good to a few units of 2^-23",
  half: HALF.once,
} as const;

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

function activations(
  corners: readonly Shape[],
  layouts: fc.Arbitrary<Shape>,
): Samples<None> {
  return samplesFrom<Shape, None>(corners, layouts, (shape, draw) => ({
    inputs: [draw.floats(shape, { low: -4, high: 4 })],
    attributes: {},
  }));
}

const SLOPES = {
  f32: 1e-7,
  gradient: 1e-6,
  reason: "one product with a slope that is rounded",
  half: HALF.once,
} as const;

interface Kink {
  readonly shape: Shape;
  readonly slope: number;
}

/** Values away from the kink, `count` of a shape. */
function slopes(count: number): Samples<OpAttributes["leaky_relu"]> {
  const corners = AWKWARD_SHAPES
    .map((shape, i) => ({ shape, slope: [0, 0.2, 1][i % 3]! }));
  const layouts = fc.record({
    shape: shapes(),
    slope: fc.constantFrom(0, 0.2, 1),
  });
  return samplesFrom<Kink, OpAttributes["leaky_relu"]>(
    corners,
    layouts,
    ({ shape, slope }, draw) => ({
      inputs: draw.apart(...Array<Shape>(count).fill(shape)),
      attributes: { slope },
    }),
  );
}

interface Rotation {
  /** B, L, H, D / 2. */
  readonly sizes: readonly [number, number, number, number];
}

const ROTATIONS: readonly Rotation[] = [
  { sizes: [1, 1, 1, 1] },
  { sizes: [2, 5, 3, 4] },
  { sizes: [1, 7, 2, 3] },
  { sizes: [0, 3, 2, 2] },
];

const rotations: fc.Arbitrary<Rotation> = fc.record({
  sizes: fc.tuple(
    fc.integer({ min: 1, max: 3 }),
    fc.integer({ min: 1, max: 6 }),
    fc.integer({ min: 1, max: 3 }),
    fc.integer({ min: 1, max: 4 }),
  ),
});

/** Cases of the composites: what is tested of them is their expansion. */
export const composite: Cases<keyof typeof FAMILIES.composite> = {
  ...norms,
  ...attention,
  ...pooling,
  silu: {
    examples: [
      example("one", [0, 1, -2], [0, 0.7310585786300049, -0.2384058440442351]),
      example("saturated", [60, -60], [60, -5.253987055981637e-25]),
    ],
    samples: activations(AWKWARD_SHAPES, shapes()),
    tolerance: FUNCTIONS,
  },
  leaky_relu: {
    examples: [{
      name: "signs, zero, infinity",
      inputs: [f32([4], [1.5, -2, 0, Infinity])],
      attributes: { slope: 0.25 },
      expected: f64([4], [1.5, -0.5, 0, Infinity]),
    }],
    samples: slopes(1),
    tolerance: SLOPES,
  },
  leaky_relu_dx: {
    examples: [{
      name: "the slope at 0, also just below",
      inputs: [f32([4], [3, -1, 0, 1e-30]), f32([4], [2, 8, 4, 16])],
      attributes: { slope: 0.5 },
      expected: f64([4], [2, 4, 2, 16]),
    }],
    samples: slopes(2),
    tolerance: SLOPES,
  },
  softplus: {
    examples: [
      example("one", [0, 1, -1], [
        Math.LN2,
        1.3132616875182228,
        0.31326168751822286,
      ]),
      example("does not overflow", [1000, -1000], [1000, 0]),
      // e^-20 - e^-40 / 2.
      example("small", [-20], [2.061153620314381e-09]),
    ],
    samples: activations(AWKWARD_SHAPES, shapes()),
    tolerance: FUNCTIONS,
  },
  softmax: {
    examples: [
      example("one, two, three", [1, 2, 3], [
        0.09003057317038046,
        0.24472847105479767,
        0.6652409557748219,
      ]),
      example("does not overflow", [1000, 1000, -1000], [0.5, 0.5, 0]),
      example("of one", [-7], [1]),
    ],
    samples: activations(
      [[1], [5], [3, 33], [2, 3, 4], [0, 3], [3, 1], [2, 1030]],
      shapes({ minRank: 1 }),
    ),
    tolerance: { ...FUNCTIONS, half: HALF.sums },
  },
  rotary: {
    examples: [{
      name: "a quarter turn of the first pair",
      inputs: [
        f32([1, 1, 1, 4], [1, 2, 3, 4]),
        f32([1, 2], [0, 1]),
        f32([1, 2], [1, 0]),
      ],
      attributes: {},
      expected: f64([1, 1, 1, 4], [-2, 1, 3, 4]),
    }],
    samples: samplesFrom<Rotation, None>(
      ROTATIONS,
      rotations,
      ({ sizes: [batch, length, heads, pairs] }, draw) => {
        const angles = draw.floats([length, pairs], { low: -4, high: 4 });
        const { data, shape } = angles;
        return {
          inputs: [
            draw.floats([batch, length, heads, 2 * pairs]),
            f32(shape, Array.from(data, Math.cos)),
            f32(shape, Array.from(data, Math.sin)),
          ],
          attributes: {},
        };
      },
    ),
    constants: [1, 2],
    tolerance: {
      f32: 5e-7,
      gradient: 5e-7,
      reason: "two products and a sum",
      half: HALF.once,
    },
  },
};
