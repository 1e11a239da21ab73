import assert from "node:assert/strict";
import {
  dequantize,
  expandFrozen,
  fromHalf,
  hostTensor,
  quantize,
  toHalf,
} from "../../../lib/tensor/mod.ts";
import { Draw, f32 } from "../../cases/values.ts";

Deno.test("quantize() makes the largest of a block 127, by its own scale", () => {
  const values = new Float32Array(2 * 130);
  values.set([0.5, -1, 0.25], 0);
  values.set([-8, 4], 128);
  values.set([1e-30], 259);
  const { data, scales, shape } = quantize(hostTensor("f32", [2, 130], values));
  assert.deepEqual([...data.subarray(0, 3)], [64, -127, 32]);
  assert.deepEqual([...data.subarray(128, 130)], [-127, 64]);
  assert.equal(data[259], 127);
  assert.deepEqual(
    [...scales],
    [1 / 127, 8 / 127, 0, 1e-30 / 127].map(Math.fround),
  );
  assert.deepEqual(shape, [2, 130]);
});

Deno.test("quantize() moves no number by more than half a scale", () => {
  const draw = new Draw(1);
  const values = Float32Array.from(
    { length: 3 * 200 },
    () => draw.number() - 0.5,
  );
  const given = hostTensor("f32", [3, 200], values);
  const back = dequantize(quantize(given), "f64").data;
  const most = 0.5 / 127 * 0.5 + 1e-9;
  values.forEach((value, i) => assert.ok(Math.abs(value - back[i]!) <= most));
});

Deno.test("quantize() keeps the smallest numbers in range", () => {
  const { data } = quantize(f32([1, 2], [2e-45, -1.4e-45]));
  assert.ok(data.every((value) => Math.abs(value) <= 127));
});

Deno.test("quantize() refuses what is no matrix of floats", () => {
  assert.throws(() => quantize(f32([3], [1, 2, 3])), {
    name: "TypeError",
    message: "Cannot quantize a f32 tensor of shape [3]: " +
      "expected a matrix of f32 or f64",
  });
});

Deno.test("toHalf() rounds to nearest, and fromHalf() is exact", () => {
  const given = f32([4], [1 + 2 ** -11, -0.1, 65504, 2 ** -24]);
  const expected = [1, -0.0999755859375, 65504, 2 ** -24];
  assert.deepEqual([...fromHalf(toHalf(given), "f32").data], expected);
  assert.deepEqual([...fromHalf(toHalf(given), "f64").data], expected);
});

Deno.test("toHalf() refuses numbers that f16 cannot hold", () => {
  assert.throws(() => toHalf(f32([2], [1, 65520])), {
    name: "RangeError",
    message: "Cannot round to f16: element 1 is 65520, " +
      "expected numbers below 65520",
  });
});

Deno.test("expandFrozen() leaves usual tensors as they are", () => {
  const given = f32([1], [3]);
  assert.equal(expandFrozen(given), given);
  assert.deepEqual(expandFrozen(toHalf(given)), given);
});
