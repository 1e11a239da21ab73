import assert from "node:assert/strict";
import {
  affine,
  constantInit,
  linear,
  linearParts,
  linearSpecs,
  shapesOf,
  xavierInit,
} from "../../../lib/nn/mod.ts";
import {
  concat,
  constant,
  constantArray,
  hostTensor,
} from "../../../lib/tensor/mod.ts";
import { assertClose } from "../../tensors.ts";
import { constants, evaluate, noise } from "../model/_models.ts";

/** A layer from 3 to 6 numbers. */
const LAYER = constants({
  weight: noise([6, 3], { name: "weight" }),
  bias: noise([6], { name: "bias" }),
});

/** Rows on two axes. */
const X = constant(noise([2, 5, 3], { name: "x" }));

Deno.test("linearSpecs() puts outputs first", () => {
  const [weight, bias] = [xavierInit, constantInit(0)];
  const both = linearSpecs(3, 6, { weight, bias });
  assert.deepEqual(shapesOf(both), { weight: [6, 3], bias: [6] });
  assert.equal(both["weight"]!.start, weight);
  assert.equal(both["bias"]!.start, bias);
  assert.deepEqual(shapesOf(linearSpecs(3, 6, { weight })), { weight: [6, 3] });
});

Deno.test("affine() multiplies the last axis and adds the bias", async () => {
  const layer = constants({
    weight: hostTensor("f32", [2, 3], Float32Array.of(1, 2, 3, 4, 5, 6)),
    bias: hostTensor("f32", [2], Float32Array.of(10, 20)),
  });
  const x = constantArray([1, 1, 3], [1, 0, -2]);
  const found = await evaluate({
    without: linear(layer, x),
    with: affine(layer, x),
  });
  assert.deepEqual(found.with.shape, [1, 1, 2]);
  assert.deepEqual([...found.without.data], [-5, -8]);
  assert.deepEqual([...found.with.data], [5, 12]);
});

for (const bias of [false, true]) {
  for (const count of [1, 2, 3]) {
    const name = `linearParts() equals one layer in ${count} parts, ` +
      `${bias ? "with" : "without"} bias`;
    Deno.test(name, async () => {
      const parts = linearParts(LAYER, X, { count, bias });
      assert.equal(parts.length, count);
      const { whole, joined } = await evaluate({
        whole: bias ? affine(LAYER, X) : linear(LAYER, X),
        joined: concat(parts, 2),
      });
      assertClose(joined, whole, { what: "parts", tolerance: 1e-15 });
    });
  }
}
