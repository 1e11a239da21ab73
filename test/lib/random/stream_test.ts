import assert from "node:assert/strict";
import fc from "fast-check";
import {
  philox,
  RandomStream,
  seedWords,
  streamWord,
  WeightedChoice,
} from "../../../lib/random/mod.ts";

const KEY = { seed: 7, stream: "test" };

Deno.test("streamWord() is FNV-1a and stays so", () => {
  assert.equal(streamWord(""), 0x811c9dc5);
  assert.equal(streamWord("a"), 0xe40c292c);
  assert.equal(streamWord("foobar"), 0xbf9cf968);
});

Deno.test("seedWords() splits seeds of up to 64 bits", () => {
  assert.deepEqual(seedWords(2 ** 32 + 5), [5, 1]);
  assert.deepEqual(seedWords((1n << 64n) - 1n), [0xffffffff, 0xffffffff]);
  for (const seed of [-1, 0.5, NaN, 2 ** 60, 1n << 64n]) {
    assert.throws(() => seedWords(seed), RangeError);
  }
});

Deno.test("bits() reads lanes of the stated counters", () => {
  const stream = new RandomStream({ ...KEY, step: 3, row: 9 });
  const out = new Uint32Array(4);
  for (let e = 0; e < 12; e++) {
    const counter = [e >>> 2, 3, 9, streamWord("test")] as const;
    philox({ counter, key: [7, 0] }, out);
    assert.equal(stream.bits(), out[e & 3]);
  }
});

Deno.test("uniform() has mean 1/2 and variance 1/12", () => {
  const stream = new RandomStream(KEY);
  const draws = Array.from({ length: 20_000 }, () => stream.uniform());
  assert.ok(draws.every((u) => u > 0 && u < 1 && Math.fround(u) === u));
  checkMoments(draws, { mean: 0.5, variance: 1 / 12 });
});

Deno.test("normal() has mean 0 and variance 1", () => {
  const stream = new RandomStream(KEY);
  const draws = Array.from({ length: 20_000 }, () => stream.normal());
  checkMoments(draws, { mean: 0, variance: 1 });
});

function checkMoments(
  draws: readonly number[],
  expected: { mean: number; variance: number },
): void {
  const mean = draws.reduce((sum, x) => sum + x, 0) / draws.length;
  const variance = draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) /
    draws.length;
  // Five standard errors of the mean; the variance is known about as well.
  const slack = 5 * Math.sqrt(expected.variance / draws.length);
  assert.ok(Math.abs(mean - expected.mean) <= slack, `mean ${mean}`);
  const far = Math.abs(variance - expected.variance);
  assert.ok(far <= 10 * slack * expected.variance ** 0.5, `${variance}`);
}

Deno.test("integer() stays in range and reaches both ends", () => {
  const stream = new RandomStream(KEY);
  fc.assert(fc.property(fc.integer({ min: 1, max: 2 ** 32 }), (count) => {
    const drawn = stream.integer(count);
    return Number.isInteger(drawn) && drawn >= 0 && drawn < count;
  }));
  const seen = new Set(Array.from({ length: 200 }, () => stream.integer(5)));
  assert.deepEqual([...seen].sort(), [0, 1, 2, 3, 4]);
  assert.throws(() => stream.integer(0), RangeError);
});

Deno.test("shuffle() keeps every item", () => {
  fc.assert(fc.property(fc.array(fc.integer()), fc.nat(), (items, seed) => {
    const stream = new RandomStream({ seed, stream: "shuffle" });
    const order = (values: number[]) => values.toSorted((a, b) => a - b);
    assert.deepEqual(order(stream.shuffle(items)), order(items));
  }));
});

Deno.test("WeightedChoice draws by weight and never weight 0", () => {
  const stream = new RandomStream(KEY);
  const choice = new WeightedChoice([0, 1, 0, 3, 0]);
  const counts = [0, 0, 0, 0, 0];
  for (let n = 0; n < 8000; n++) counts[choice.draw(stream)]!++;
  assert.deepEqual([counts[0], counts[2], counts[4]], [0, 0, 0]);
  assert.ok(Math.abs(counts[3]! - 6000) < 200, `${counts}`);
  for (const weights of [[], [0], [-1, 2], [NaN]]) {
    assert.throws(() => new WeightedChoice(weights), RangeError);
  }
});
