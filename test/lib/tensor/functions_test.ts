import assert from "node:assert/strict";
import fc from "fast-check";
import { createReferenceEngine } from "../../../lib/engine/reference/mod.ts";
import {
  add,
  broadcastTo,
  cast,
  concat,
  constantArray,
  constantNumber,
  convTranspose2d,
  div,
  flip,
  input,
  max,
  mean,
  mul,
  normal,
  pad,
  permute,
  reshape,
  scalar,
  slice,
  split,
  sub,
  sum,
  sumTo,
  transpose,
} from "../../../lib/tensor/mod.ts";
import { graphResults } from "../../cases/random_graph.ts";
import { Draw, f32, f64, u32 } from "../../cases/values.ts";
import { SEED } from "../../cases/check.ts";
import { assertClose } from "../../tensors.ts";

const reference = createReferenceEngine();

Deno.test("functions return x where they would not change it", () => {
  const x = input("x", [2, 3]);
  const same = [
    add(x, 0),
    add(0, x),
    sub(x, 0),
    mul(x, 1),
    mul(scalar(1), x),
    div(x, 1),
    cast(x, "f32"),
    reshape(x, [2, -1]),
    permute(x, [0, 1]),
    transpose(transpose(x)),
    broadcastTo(x, [2, 3]),
    slice(x, 0, { stop: 2 }),
    pad(x, [0, 0], [0, 0]),
    concat([x], 1),
    flip(x, []),
    sum(x, { axes: [] }),
    max(x, { axes: [] }),
  ];
  same.forEach((y, i) => assert.equal(y, x, `function ${i}`));
});

Deno.test("neutral numbers that add axes or size are not dropped", () => {
  const x = input("x", [3]);
  const zeros = constantArray([2, 3], Array(6).fill(0));
  assert.deepEqual([...add(x, zeros).shape], [2, 3]);
  const one = constantArray([1, 1], [1]);
  assert.equal(constantNumber(one), 1);
  assert.deepEqual([...mul(x, one).shape], [1, 3]);
  assert.notEqual(sub(0, x), x);
  assert.notEqual(div(1, x), x);
});

Deno.test("reshape() and permute() of their own results are one node", () => {
  const x = input("x", [2, 3, 4]);
  const flat = reshape(reshape(x, [6, 4]), [24]);
  assert.equal(flat.inputs[0], x);
  assert.equal(reshape(reshape(x, [6, 4]), [2, 3, 4]), x);
  const turned = permute(permute(x, [2, 0, 1]), [1, 0, 2]);
  assert.equal(turned, permute(x, [0, 2, 1]));
});

Deno.test("permute() twice is the permutation of the permutation", async () => {
  const orders = fc.shuffledSubarray([0, 1, 2], { minLength: 3 });
  const property = fc.asyncProperty(orders, orders, async (first, second) => {
    const x = input("x", [2, 3, 4]);
    const value = new Draw(SEED).floats(x.shape);
    // The flip keeps the two permutations apart.
    const apart = permute(flip(flip(permute(x, first), [0]), [0]), second);
    const outputs = [permute(permute(x, first), second), apart];
    const [once, twice] = await graphResults(reference, {
      inputs: [x],
      values: [value],
      outputs,
    });
    assertClose(once!, twice!, { what: "order", tolerance: 0 });
  });
  await fc.assert(property, { seed: SEED });
});

Deno.test("split() gives equal parts along an axis", () => {
  const parts = split(input("x", [2, 6]), 3);
  assert.deepEqual(parts.map(({ shape }) => [...shape]), [[2, 2], [2, 2], [
    2,
    2,
  ]]);
  assert.throws(() => split(input("x", [5]), 2), {
    name: "TypeError",
    message: "Cannot split axis 0 of [5] into 2 equal parts",
  });
});

Deno.test("mean(), sumTo() and convTranspose2d() give values worked out by hand", async () => {
  const x = input("x", [2, 2]);
  const image = input("image", [1, 1, 2, 2]);
  const filter = input("filter", [1, 1, 2, 2]);
  const [all, column, nothing, grown] = await graphResults(reference, {
    inputs: [x, image, filter],
    values: [
      f32([2, 2], [1, 2, 3, 6]),
      f32([1, 1, 2, 2], [1, 2, 3, 4]),
      f32([1, 1, 2, 2], [1, 0, 0, 10]),
    ],
    outputs: [
      mean(x),
      sumTo(x, [2, 1]),
      mean(slice(x, 0, { stop: 0 })),
      convTranspose2d(image, filter, { stride: 2, padding: 1 }),
    ],
  });
  const options = { tolerance: 1e-13, nonFinite: true };
  assertClose(all!, f64([], [3]), { what: "mean", ...options });
  assertClose(column!, f64([2, 1], [3, 9]), { what: "sumTo", ...options });
  // The mean of nothing is NaN, as in NumPy.
  assertClose(nothing!, f64([], [NaN]), { what: "mean", ...options });
  const expected = f64([1, 1, 2, 2], [10, 0, 0, 4]);
  assertClose(grown!, expected, { what: "convTranspose2d", ...options });
});

Deno.test("normal() has the moments of a standard normal", async () => {
  const source = {
    key: input("key", [2], "u32"),
    rows: input("rows", [4], "u32"),
    step: input("step", [], "u32"),
  };
  const draws = normal(source, { shape: [50, 100], stream: 3 });
  const [values] = await graphResults(reference, {
    inputs: [source.key, source.rows, source.step],
    values: [u32([2], [1, 2]), u32([4], [0, 1, 2, 3]), u32([], [9])],
    outputs: [draws],
  });
  assert.deepEqual([...values!.shape], [4, 50, 100]);
  const moment = (power: number) => {
    let total = 0;
    values!.data.forEach((value) => total += value ** power);
    return total / values!.data.length;
  };
  // Five standard errors of 20,000 draws.
  const bounds = [[1, 0, 1], [2, 1, 2], [3, 0, 15], [4, 3, 96]] as const;
  for (const [power, expected, variance] of bounds) {
    const error = Math.abs(moment(power) - expected);
    assert.ok(error <= 5 * Math.sqrt(variance / 20_000), `moment ${power}`);
  }
});
