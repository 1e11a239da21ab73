import assert from "node:assert/strict";
import {
  histogram,
  positionStatistics,
  refeedingError,
  tokenSet,
} from "../../../../lib/metric/mod.ts";
import { hostTensor } from "../../../../lib/tensor/mod.ts";
import { near } from "../_golden.ts";

function tokens(shape: [number, number, number], values: readonly number[]) {
  return tokenSet(hostTensor("f32", shape, Float32Array.from(values)));
}

Deno.test("positionStatistics() gives length and variance of each position", () => {
  // Two images of two tokens of two numbers.
  const set = tokens([2, 2, 2], [3, 4, 1, 0, 0, 1, -1, 0]);
  const { norm, normDeviation, variance } = positionStatistics(set);
  assert.deepEqual([...norm], [3, 1]);
  assert.deepEqual([...normDeviation], [2, 0]);
  // (1.5^2 + 1.5^2) / 2 and (1^2 + 0) / 2.
  assert.deepEqual([...variance], [2.25, 0.5]);
});

Deno.test("tokenSet() refuses other shapes and no tokens", () => {
  const flat = hostTensor("f32", [4, 2], new Float32Array(8));
  assert.throws(() => tokenSet(flat), /shape \[4,2\]: not \[n, N, d\]/);
  assert.throws(() => tokens([0, 2, 2], []), RangeError);
});

Deno.test("refeedingError() splits an error along and across its token", () => {
  const reference = tokens([1, 2, 2], [2, 0, 0, 4]);
  // Scale alone at token 0; 1 along and 3 across at token 1.
  const found = tokens([1, 2, 2], [2.5, 0, -3, 5]);
  const { radial, tangential } = refeedingError({ found, reference });
  assert.deepEqual([...radial], [0.5, 1]);
  assert.deepEqual([...tangential], [0, 3]);
});

Deno.test("refeedingError(): a projection takes the radial part to second order", () => {
  const angle = 1e-3, scale = 1.2;
  const reference = tokens([1, 1, 2], [1, 0]);
  const raw = [scale * Math.cos(angle), scale * Math.sin(angle)];
  const before = refeedingError({ found: tokens([1, 1, 2], raw), reference });
  const after = refeedingError({
    found: tokens([1, 1, 2], raw.map((x) => x / scale)),
    reference,
  });
  near(before.radial[0]!, 0.2, 1e-6);
  near(after.radial[0]!, 0, 1e-6);
  near(after.tangential[0]!, angle, 1e-6);
});

Deno.test("refeedingError() refuses sets of other sizes and tokens of length 0", () => {
  const reference = tokens([1, 1, 2], [1, 0]);
  const found = tokens([1, 2, 1], [1, 0]);
  assert.throws(() => refeedingError({ found, reference }), /1 x 2 x 1/);
  const zero = tokens([1, 1, 2], [0, 0]);
  assert.throws(() => refeedingError({ found: reference, reference: zero }), {
    message: /token 0 of image 0/,
  });
});

Deno.test("histogram() counts from the least to the greatest", () => {
  const { bounds, counts } = histogram([0, 1, 1, 2, 4], { bins: 4 });
  assert.deepEqual([...bounds], [0, 1, 2, 3, 4]);
  assert.deepEqual([...counts], [1, 2, 1, 1]);
  assert.deepEqual([...histogram([5, 5], { bins: 2 }).counts], [2, 0]);
});

Deno.test("histogram() by ratio has bounds that multiply", () => {
  const { bounds, counts } = histogram([1, 2, 50, 100], { bins: 2, log: true });
  near(bounds[1]!, 10, 1e-9);
  assert.deepEqual([...counts], [2, 2]);
  assert.throws(() => histogram([0, 1], { bins: 2, log: true }), RangeError);
  assert.throws(() => histogram([], { bins: 2 }), RangeError);
});
