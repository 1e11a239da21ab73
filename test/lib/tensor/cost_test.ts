import assert from "node:assert/strict";
import {
  add,
  attention,
  conv2d,
  type FrozenTensor,
  gather,
  grad,
  input,
  matmul,
  program,
  programCost,
  quantize,
  sliceAt,
  sum,
  type Tensor,
  toHalf,
  updateSlice,
  zeros,
} from "../../../lib/tensor/mod.ts";

Deno.test("programCost() counts a product, its operands and its result", () => {
  const [a, b] = [input("a", [2, 3]), input("b", [5, 3])];
  const y = matmul(a, b, { transposeB: true });
  const cost = programCost(program("product", {
    inputs: { a },
    state: { b: { value: b } },
    outputs: { y },
  }));
  assert.deepEqual(cost, { flops: 2 * 2 * 3 * 5, bytes: 4 * (6 + 15 + 10) });
});

Deno.test("programCost() counts frozen states as they are held", () => {
  const [a, b] = [input("a", [2, 128]), input("b", [5, 128])];
  const made = program("product", {
    inputs: { a },
    state: { b: { value: b } },
    outputs: { y: matmul(a, b, { transposeB: true }) },
  });
  const weight = zeros("f32", [5, 128]);
  const rest = 4 * (2 * 128 + 2 * 5);
  const bytes = (tensor: FrozenTensor) =>
    programCost(made, { b: tensor }).bytes - rest;
  assert.equal(bytes(weight), 4 * 5 * 128);
  assert.equal(bytes(toHalf(weight)), 2 * 5 * 128);
  assert.equal(bytes(quantize(weight)), 5 * (128 + 4));
});

Deno.test("programCost() reads states that no cache holds in each round", () => {
  const costOf = (width: number, rounds: number) => {
    const [x, w] = [input("x", [1, width]), input("w", [width, width])];
    let next: Tensor = x;
    for (let i = 0; i < rounds; i++) next = matmul(next, w);
    const state = { x: { value: x, next }, w: { value: w } };
    return programCost(program("rounds", { state, rounds })).bytes;
  };
  const vectors = (width: number) => 4 * 2 * width;
  assert.equal(costOf(128, 3), 4 * 128 * 128 + vectors(128));
  assert.equal(costOf(5000, 3), 3 * 4 * 5000 * 5000 + vectors(5000));
});

Deno.test("programCost() counts a convolution and both its gradients", () => {
  const [x, w] = [input("x", [2, 3, 8, 8]), input("w", [4, 3, 3, 3])];
  const y = conv2d(x, w, { stride: 2, padding: 1 });
  const forward = 2 * (2 * 4 * 4 * 4) * 3 * 9;
  const inputs = { x, w };
  const once = programCost(program("forward", { inputs, outputs: { y } }));
  assert.equal(once.flops, forward);
  const [dx, dw] = grad(sum(y), [x, w]);
  const outputs = { y, dx: dx!, dw: dw! };
  const all = programCost(program("backward", { inputs, outputs }));
  assert.equal(all.flops, 3 * forward);
});

Deno.test("programCost() looks into composites and counts shared products once", () => {
  const [batch, heads, length, width] = [2, 3, 5, 4];
  const shape = [batch, heads, length, width];
  const [q, k, v] = [input("q", shape), input("k", shape), input("v", shape)];
  const y = attention([q, k, v], { causal: false, scale: 1 });
  const inputs = { q, k, v };
  const product = 2 * batch * heads * length * length * width;
  const forward = programCost(program("forward", { inputs, outputs: { y } }));
  assert.equal(forward.flops, 2 * product);
  const [dq, dk, dv] = grad(sum(y), [q, k, v]);
  const outputs = { y, dq: dq!, dk: dk!, dv: dv! };
  const all = programCost(program("backward", { inputs, outputs }));
  assert.equal(all.flops, 6 * product);
});

Deno.test("programCost() counts only rows where rows are picked or replaced", () => {
  const table = input("table", [100, 4]);
  const cache = input("cache", [100, 4]);
  const at = input("at", [], "i32");
  const ids = input("ids", [2], "i32");
  const row = sliceAt(table, at, { axis: 0, size: 1 });
  const next = updateSlice(cache, row, { start: at, axis: 0 });
  const cost = programCost(program("rows", {
    inputs: { at, ids },
    state: { table: { value: table }, cache: { value: cache, next } },
    outputs: { y: add(gather(table, ids), row) },
  }));
  const read = 4 * (1 + 2 + 4 + 2 * 4);
  assert.deepEqual(cost, { flops: 0, bytes: read + 4 * (4 + 2 * 4) });
});
