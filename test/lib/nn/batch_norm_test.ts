import assert from "node:assert/strict";
import {
  batchNormBuffers,
  batchNormRows,
  foldBatchNorm,
  Parameters,
  shapesOf,
} from "../../../lib/nn/mod.ts";
import {
  constantArray,
  type HostTensor,
  slice,
  type Tensor,
} from "../../../lib/tensor/mod.ts";
import { assertClose } from "../../tensors.ts";
import { evaluate, noise } from "../model/_models.ts";

const BUFFERS = new Parameters({
  running_mean: constantArray([2], [1, 2]),
  running_var: constantArray([2], [3, 4]),
});
const P = new Parameters({
  weight: constantArray([2], [2, 1]),
  bias: constantArray([2], [0.5, -1]),
});

async function normed(x: Tensor, rows: number) {
  const { y, buffers } = batchNormRows(P, x, { rows, buffers: BUFFERS });
  return await evaluate({ y, ...buffers });
}

function close(actual: HostTensor, expected: readonly number[]): void {
  assert.equal(actual.data.length, expected.length);
  expected.forEach((value, i) => {
    const error = Math.abs(actual.data[i]! - value);
    assert.ok(error <= 1e-12, `at ${i}: ${actual.data[i]}, expected ${value}`);
  });
}

Deno.test("batchNormBuffers() starts as torch does", () => {
  const buffers = batchNormBuffers(3);
  assert.deepEqual(shapesOf(buffers), { running_mean: [3], running_var: [3] });
  const none = { uniform: () => NaN, normal: () => NaN };
  const starts = Object.values(buffers)
    .map(({ shape, start }) => [...start(shape, none).data]);
  assert.deepEqual(starts, [[0, 0, 0], [1, 1, 1]]);
});

Deno.test("batchNormRows() norms a channel over images and pixels", async () => {
  // Channel 0 has 1, 3, 5, 7: mean 4, variance 5, unbiased 20 / 3; channel 1
  // is 10 throughout.
  const x = constantArray([2, 2, 1, 2], [1, 3, 10, 10, 5, 7, 10, 10]);
  const found = await normed(x, 2);
  const gain = 2 / Math.sqrt(5 + 1e-5);
  close(found.y!, [
    ...[-3, -1].map((v) => v * gain + 0.5),
    -1,
    -1,
    ...[1, 3].map((v) => v * gain + 0.5),
    -1,
    -1,
  ]);
  close(found.running_mean!, [0.9 * 1 + 0.4, 0.9 * 2 + 1]);
  close(found.running_var!, [0.9 * 3 + 0.1 * 20 / 3, 0.9 * 4]);
});

Deno.test("batchNormRows() norms groups of images by themselves", async () => {
  const x = noise([4, 2, 3, 3], { name: "x" });
  const whole = constantArray([4, 2, 3, 3], x.data);
  const both = await normed(whole, 2);
  const parts = [
    await normed(slice(whole, 0, { stop: 2 }), 2),
    await normed(slice(whole, 0, { start: 2 }), 2),
  ];
  close(both.y!, parts.flatMap(({ y }) => [...y!.data]));
  for (const name of ["running_mean", "running_var"] as const) {
    const [a, b] = parts.map((part) => part[name]!.data);
    close(both[name]!, [...a!].map((value, i) => (value + b![i]!) / 2));
  }
  const one = await normed(whole, 4);
  assert.throws(() =>
    assertClose(one.y!, both.y!, { what: "other groups", tolerance: 1e-3 })
  );
});

Deno.test("batchNormRows() refuses groups that it cannot norm", () => {
  const x = constantArray([3, 2, 1, 1], [1, 2, 3, 4, 5, 6]);
  for (const rows of [1, 2, 0]) {
    assert.throws(
      () => batchNormRows(P, x, { rows, buffers: BUFFERS }),
      { name: "RangeError", message: /3 images of 1 x 1 in groups of [012]/ },
    );
  }
});

Deno.test("foldBatchNorm() gives what the convolution and its norm give", () => {
  const norm = {
    gain: Float32Array.of(2, -1),
    shift: Float32Array.of(0.5, 3),
    mean: Float32Array.of(1, -4),
    variance: Float32Array.of(3, 0.75),
  };
  const filters = Float32Array.of(1, 2, 3, 4, 5, 6);
  const folded = foldBatchNorm({ filters, ...norm }, { epsilon: 0.25 });
  const x = [0.5, -2, 1];
  const dot = (w: Float32Array, o: number) =>
    x.reduce((sum, value, i) => sum + value * w[o * 3 + i]!, 0);
  for (const o of [0, 1]) {
    const deviation = Math.sqrt(norm.variance[o]! + 0.25);
    const normed = (dot(filters, o) - norm.mean[o]!) / deviation;
    const expected = norm.gain[o]! * normed + norm.shift[o]!;
    const found = dot(folded.filters, o) + folded.bias[o]!;
    assert.ok(Math.abs(found - expected) < 1e-5, `${found} ${expected}`);
  }
});
