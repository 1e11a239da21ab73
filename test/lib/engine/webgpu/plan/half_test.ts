import assert from "node:assert/strict";
import {
  add,
  cachedAttention,
  grad,
  input,
  matmul,
  mul,
  normal,
  type Program,
  program,
  silu,
  square,
  sub,
  sum,
  type Tensor,
  updateSlice,
} from "../../../../../lib/tensor/mod.ts";
import { planProgram } from "../../../../../lib/engine/webgpu/plan/plan.ts";
import { LIMITS } from "../_limits.ts";

/** Shapes of what a plan keeps as f16. */
function halves(built: Program): string[] {
  const { kernels } = planProgram(built, LIMITS, { half: true });
  const storages = kernels
    .flatMap(({ bindings }) => bindings.map(({ storage }) => storage))
    .filter(({ format }) => format === "half");
  return [...new Set(storages)].map(({ shape }) => shape.join("x"));
}

function layer(x: Tensor, w: Tensor): Tensor {
  return silu(matmul(x, w, { transposeB: true }));
}

const x = input("x", [40, 24]);
const [first, second] = [input("first", [48, 24]), input("second", [32, 48])];

Deno.test("what kernels keep between each other is f16, outputs are f32", () => {
  const built = program("layers", {
    inputs: { x, first, second },
    outputs: { y: layer(layer(x, first), second) },
  });
  assert.deepEqual(halves(built), ["40x48"]);
  const bytesOf = (half: boolean) =>
    planProgram(built, LIMITS, { half }).arena.bytes;
  assert.equal(bytesOf(true), bytesOf(false) / 2);
  const unasked = planProgram(built, LIMITS).kernels;
  assert.ok(unasked.every(({ wgsl }) => !wgsl.includes("f16")));
});

Deno.test("sums stay f32", () => {
  const sums = sum(layer(x, first), { axes: [1], keepDims: true });
  const built = program("sums", {
    inputs: { x, first, second },
    outputs: { y: layer(mul(layer(x, first), sums), second) },
  });
  assert.ok(!halves(built).includes("40x1"));
});

Deno.test("what a state or an output is one elementwise step from stays f32", () => {
  const flow = input("flow", [40, 24]);
  const velocity = matmul(layer(flow, first), input("w", [48, 24]));
  const next = add(flow, mul(velocity, 0.1));
  const built = program("solver", {
    inputs: { first, w: velocity.inputs[1]! as typeof first },
    state: { flow: { value: flow, next } },
    outputs: { twice: mul(layer(next, first), 2) },
  });
  assert.deepEqual(halves(built), ["40x48"]);
});

Deno.test("draws stay f32", () => {
  const source = {
    key: input("key", [2], "u32"),
    rows: input("rows", [40], "u32"),
    step: input("step", [], "u32"),
  };
  const noise = normal(source, { shape: [24], stream: 1 });
  const built = program("draws", {
    inputs: { ...source, first },
    outputs: { y: layer(noise, first) },
  });
  assert.deepEqual(halves(built), []);
});

Deno.test("a program that trains keeps all in f32", () => {
  const loss = sum(square(layer(layer(x, first), second)));
  const [dFirst, dSecond] = grad(loss, [first, second]);
  const built = program("train", {
    inputs: { x },
    state: {
      first: { value: first, next: sub(first, dFirst!) },
      second: { value: second, next: sub(second, dSecond!) },
    },
    outputs: { loss },
  });
  assert.deepEqual(halves(built), []);
});

function attendsCache(): Program {
  const [rows, cache] = [[1, 2, 1, 8], [1, 2, 12, 8]];
  const [q, k, v] = [input("q", rows), input("k", rows), input("v", rows)];
  const [keys, values] = [input("keys", cache), input("values", cache)];
  const position = input("position", [], "i32");
  const y = cachedAttention({ q, k, v, keys, values, position, scale: 0.5 });
  const at = { start: position, axis: 2 };
  return program("attends-cache", {
    inputs: { q, k, v, position },
    state: {
      keys: { value: keys, next: updateSlice(keys, k, at) },
      values: { value: values, next: updateSlice(values, v, at) },
    },
    outputs: { y },
  });
}

Deno.test("caches of keys and values are f16", () => {
  const { states } = planProgram(attendsCache(), LIMITS, { half: true });
  const formats = [...states].map(([name, { storage }]) =>
    [name, storage.format] as const
  );
  assert.deepEqual(formats, [["keys", "half"], ["values", "half"]]);
});
