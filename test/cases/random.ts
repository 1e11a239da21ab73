import fc from "fast-check";
import type { FAMILIES, OpAttributes, Shape } from "../../lib/tensor/mod.ts";
import { type Cases, HALF, samplesFrom } from "./case.ts";
import { shapes } from "./layouts.ts";
import { f64, u32 } from "./values.ts";

const word = fc.nat({ max: 0xffffffff });

interface Layout {
  readonly key: readonly [number, number];
  readonly rows: readonly number[];
  readonly step: number;
  readonly stream: number;
  readonly shape: Shape;
}

const SMALL: Layout = {
  key: [1, 2],
  rows: [0, 1],
  step: 3,
  stream: 4,
  shape: [5],
};

const CORNERS: readonly Layout[] = [
  SMALL,
  { ...SMALL, shape: [] },
  { ...SMALL, shape: [0] },
  { ...SMALL, rows: [] },
  { ...SMALL, rows: [7], shape: [3, 11] },
  // Every bit of every word.
  {
    key: [0xffffffff, 0x80000001],
    rows: [0xffffffff, 0x80000000],
    step: 0xfffffffe,
    stream: 0xffffffff,
    shape: [2, 2],
  },
];

const layouts: fc.Arbitrary<Layout> = fc.record({
  key: fc.tuple(word, word),
  rows: fc.array(word, { maxLength: 4 }),
  step: word,
  stream: word,
  shape: shapes({ maxRank: 3 }),
});

/** First block of key 0 and counter 0, from Random123's known answers. */
const KNOWN = [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8];

/** Cases of the random ops. */
export const random: Cases<keyof typeof FAMILIES.random> = {
  uniform: {
    examples: [{
      name: "the known answer for zeros",
      inputs: [u32([2], [0, 0]), u32([1], [0]), u32([], [0])],
      attributes: { shape: [4], stream: 0 },
      expected: f64(
        [1, 4],
        KNOWN.map((bits) => ((bits >>> 9) + 0.5) * 2 ** -23),
      ),
    }],
    samples: samplesFrom<Layout, OpAttributes["uniform"]>(
      CORNERS,
      layouts,
      ({ key, rows, step, stream, shape }) => ({
        inputs: [u32([2], key), u32([rows.length], rows), u32([], [step])],
        attributes: { shape, stream },
      }),
    ),
    tolerance: {
      f32: 0,
      reason: "draws are equal on every engine",
      half: HALF.moved,
    },
  },
};
