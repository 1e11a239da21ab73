import fc from "fast-check";
import type { CompositeName, OpAttributes } from "../../lib/tensor/mod.ts";
import { type Cases, HALF, type Samples, samplesFrom } from "./case.ts";
import { f32, f64, i32 } from "./values.ts";

type Attention =
  | "attention"
  | "attention_dq"
  | "attention_dk"
  | "attention_dv";

interface Layout {
  /** B, H, L of queries, L of keys, D. */
  readonly sizes: readonly [number, number, number, number, number];
  readonly causal: boolean;
  readonly scale: number;
}

const LAYOUTS: readonly Layout[] = [
  { sizes: [1, 1, 1, 1, 1], causal: true, scale: 1 },
  { sizes: [2, 3, 5, 5, 4], causal: true, scale: 0.5 },
  { sizes: [1, 2, 5, 5, 3], causal: false, scale: 0.5 },
  { sizes: [1, 2, 3, 7, 4], causal: false, scale: 0.7 },
  // Queries are the last rows of the keys.
  { sizes: [1, 2, 3, 7, 4], causal: true, scale: 0.7 },
  { sizes: [1, 1, 17, 17, 2], causal: true, scale: 0.7 },
  { sizes: [1, 1, 67, 67, 9], causal: true, scale: 0.5 },
  { sizes: [0, 2, 3, 3, 4], causal: true, scale: 0.5 },
];

const layouts: fc.Arbitrary<Layout> = fc.record({
  batch: fc.integer({ min: 1, max: 2 }),
  heads: fc.integer({ min: 1, max: 3 }),
  queries: fc.integer({ min: 1, max: 6 }),
  more: fc.nat({ max: 3 }),
  width: fc.integer({ min: 1, max: 5 }),
  causal: fc.boolean(),
  scale: fc.constantFrom(0.25, 0.5, 1),
}).map(({ batch, heads, queries, more, width, ...rest }) => ({
  sizes: [batch, heads, queries, queries + more, width],
  ...rest,
}));

function samples(
  { cotangent }: { cotangent: boolean },
): Samples<OpAttributes["attention"]> {
  return samplesFrom<Layout, OpAttributes["attention"]>(
    LAYOUTS,
    layouts,
    ({ sizes: [batch, heads, queries, keys, width], ...attributes }, draw) => {
      const q = [batch, heads, queries, width];
      const k = [batch, heads, keys, width];
      const shapes = cotangent ? [q, k, k, q] : [q, k, k];
      const { causal, scale } = attributes;
      return {
        inputs: shapes.map((shape) => draw.floats(shape)),
        attributes: { causal, scale },
      };
    },
  );
}

interface Cached {
  /** B, H, S new rows, T rows of the cache, D. */
  readonly sizes: readonly [number, number, number, number, number];
  readonly position: number;
}

const CACHED: readonly Cached[] = [
  { sizes: [1, 1, 1, 1, 1], position: 0 },
  { sizes: [2, 3, 1, 5, 4], position: 0 },
  { sizes: [2, 3, 1, 5, 4], position: 2 },
  { sizes: [2, 1, 1, 5, 2], position: 4 },
  { sizes: [1, 2, 3, 7, 4], position: 2 },
  { sizes: [1, 2, 3, 7, 4], position: 4 },
];

const cached: fc.Arbitrary<Cached> = fc.record({
  batch: fc.integer({ min: 1, max: 2 }),
  heads: fc.integer({ min: 1, max: 2 }),
  rows: fc.integer({ min: 1, max: 3 }),
  width: fc.integer({ min: 1, max: 4 }),
  position: fc.nat({ max: 4 }),
  free: fc.nat({ max: 2 }),
}).map(({ batch, heads, rows, width, position, free }) => ({
  sizes: [batch, heads, rows, position + rows + free, width],
  position,
}));

const ATTENTION = {
  f32: 5e-6,
  gradient: 3e-5,
  floor: 1,
  reason: "two sums of products and a softmax",
  half: HALF.scores,
} as const;

const SCALED = { causal: false, scale: 0.5 } as const;

/** One query 1 on keys 0 and 2 at scale 1/2: scores 0 and 1. */
const QUERY = f32([1, 1, 1, 1], [1]);
const KEYS = f32([1, 1, 2, 1], [0, 2]);
const VALUES = f32([1, 1, 2, 1], [0, 1]);

/** Weight of the second key, sigmoid(1), and its derivative. */
const WEIGHT = 0.7310585786300049;
const SLOPE = 0.19661193324148185;

/** Cases of attention. */
export const attention: Cases<
  (Attention | "cached_attention") & CompositeName
> = {
  attention: {
    examples: [
      {
        name: "a query of 0 sees the mean of what came before",
        inputs: [
          f32([1, 1, 2, 1], [0, 0]),
          f32([1, 1, 2, 1], [3, 9]),
          f32([1, 1, 2, 1], [2, 4]),
        ],
        attributes: { causal: true, scale: 1 },
        expected: f64([1, 1, 2, 1], [2, 3]),
      },
      {
        name: "a causal query alone is the last row: it sees every key",
        inputs: [
          f32([1, 1, 1, 1], [0]),
          f32([1, 1, 2, 1], [3, 9]),
          f32([1, 1, 2, 1], [2, 4]),
        ],
        attributes: { causal: true, scale: 1 },
        expected: f64([1, 1, 1, 1], [3]),
      },
      {
        name: "scores of 0 and 10,000 do not overflow",
        inputs: [
          f32([1, 1, 1, 1], [100]),
          f32([1, 1, 2, 1], [0, 100]),
          f32([1, 1, 2, 1], [2, 4]),
        ],
        attributes: { causal: false, scale: 1 },
        expected: f64([1, 1, 1, 1], [4]),
      },
      {
        name: "scores of 0 and 1",
        inputs: [QUERY, KEYS, VALUES],
        attributes: SCALED,
        expected: f64([1, 1, 1, 1], [WEIGHT]),
      },
    ],
    samples: samples({ cotangent: false }),
    tolerance: ATTENTION,
  },
  attention_dq: {
    examples: [{
      name: "scores of 0 and 1",
      inputs: [QUERY, KEYS, VALUES, QUERY],
      attributes: SCALED,
      expected: f64([1, 1, 1, 1], [SLOPE]),
    }],
    samples: samples({ cotangent: true }),
    tolerance: ATTENTION,
  },
  attention_dk: {
    examples: [{
      name: "scores of 0 and 1",
      inputs: [QUERY, KEYS, VALUES, QUERY],
      attributes: SCALED,
      expected: f64([1, 1, 2, 1], [-SLOPE / 2, SLOPE / 2]),
    }],
    samples: samples({ cotangent: true }),
    tolerance: ATTENTION,
  },
  attention_dv: {
    examples: [{
      name: "scores of 0 and 1",
      inputs: [QUERY, KEYS, VALUES, QUERY],
      attributes: SCALED,
      expected: f64([1, 1, 2, 1], [1 - WEIGHT, WEIGHT]),
    }],
    samples: samples({ cotangent: true }),
    tolerance: ATTENTION,
  },
  cached_attention: {
    examples: [{
      name: "a query of 0 sees the mean of one old row and its own",
      inputs: [
        f32([1, 1, 1, 1], [0]),
        f32([1, 1, 1, 1], [5]),
        f32([1, 1, 1, 1], [6]),
        f32([1, 1, 3, 1], [1, 9, 9]),
        f32([1, 1, 3, 1], [2, 9, 9]),
        i32([], [1]),
      ],
      attributes: { scale: 1 },
      expected: f64([1, 1, 1, 1], [4]),
    }],
    samples: samplesFrom<Cached, OpAttributes["cached_attention"]>(
      CACHED,
      cached,
      ({ sizes: [batch, heads, rows, all, width], position }, draw) => {
        const row = [batch, heads, rows, width];
        const cache = [batch, heads, all, width];
        return {
          inputs: [
            ...[row, row, row, cache, cache].map((s) => draw.floats(s)),
            i32([], [position]),
          ],
          attributes: { scale: 0.5 },
        };
      },
    ),
    tolerance: ATTENTION,
  },
};
