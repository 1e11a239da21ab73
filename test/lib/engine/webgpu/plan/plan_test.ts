import assert from "node:assert/strict";
import { PAPER_LAW } from "../../../../../lib/model/mod.ts";
import {
  add,
  concat,
  exp,
  flip,
  input,
  matmul,
  mul,
  permute,
  type Program,
  program,
  reshape,
  silu,
  sqrt,
  square,
  sub,
  sum,
  updateSlice,
} from "../../../../../lib/tensor/mod.ts";
import {
  type Plan,
  planProgram,
} from "../../../../../lib/engine/webgpu/plan/plan.ts";
import {
  trainingProgram,
  vaeTrainingStep,
} from "../../../../../lib/train/mod.ts";
import { rule } from "../../../train/_rules.ts";
import { LIMITS } from "../_limits.ts";

function plan(built: Program): Plan {
  return planProgram(built, LIMITS);
}

function names({ kernels }: Plan): string[] {
  return kernels.map(({ name }) => name);
}

Deno.test("planProgram() writes chains of elementwise ops as one kernel", () => {
  const x = input("x", [4, 6]);
  const y = exp(add(mul(x, 2), reshape(x, [4, 6])));
  const { kernels } = plan(program("chain", {
    inputs: { x },
    outputs: { y: permute(y, [1, 0]) },
  }));
  assert.equal(kernels.length, 1);
});

Deno.test("planProgram() puts what follows a product into its kernel", () => {
  const [x, w, b] = [input("x", [5, 8]), input("w", [7, 8]), input("b", [7])];
  const rest = input("rest", [1, 5, 7]);
  const y = add(matmul(x, w, { transposeB: true }), b);
  const outputs = { y: add(rest, reshape(silu(y), [1, 5, 7])) };
  const found = plan(program("linear", {
    inputs: { x, w, b, rest },
    outputs,
  }));
  assert.deepEqual(names(found), ["matmul"]);
});

Deno.test("planProgram() computes what a sum adds up inside of it, and what follows", () => {
  const x = input("x", [3, 100]);
  const y = sqrt(sum(square(x), { axes: [1] }));
  const found = plan(program("norms", { inputs: { x }, outputs: { y } }));
  assert.deepEqual(names(found), ["reduce_sum"]);
});

Deno.test("planProgram() updates states of one step in one kernel, in place", () => {
  const [g, rate] = [input("g", [300]), input("rate", [])];
  const [p, m] = [input("p", [300]), input("m", [300])];
  const nextM = add(mul(m, 0.9), mul(g, 0.1));
  const nextP = sub(p, mul(nextM, rate));
  const { kernels, copies } = plan(program("sgd", {
    inputs: { g, rate },
    state: { p: { value: p, next: nextP }, m: { value: m, next: nextM } },
  }));
  assert.equal(kernels.length, 1);
  assert.deepEqual(copies, []);
});

Deno.test("planProgram() copies a state that is read elsewhere while it changes", () => {
  const x = input("x", [8]);
  const { copies } = plan(program("turn", {
    state: { x: { value: x, next: add(x, flip(x, [0])) } },
  }));
  assert.equal(copies.length, 1);
});

Deno.test("planProgram() writes only the new rows of a cache", () => {
  const cache = input("cache", [2, 9, 4]);
  const [rows, at] = [input("rows", [2, 1, 4]), input("at", [], "i32")];
  const next = updateSlice(cache, mul(rows, 2), { start: at, axis: 1 });
  const { kernels, copies } = plan(program("cache", {
    inputs: { rows, at },
    state: { cache: { value: cache, next } },
  }));
  assert.equal(kernels.length, 1);
  assert.equal(kernels[0]!.workgroups, 1);
  assert.deepEqual(copies, []);
});

Deno.test("planProgram() writes rows that are put together of many parts", () => {
  const [log, at, x] = [
    input("log", [9, 6]),
    input("at", [], "i32"),
    input("x", [40]),
  ];
  const parts = Array.from({ length: 6 }, (_, i) => sum(mul(x, i + 2)));
  const row = concat(parts.map((part) => reshape(part, [1, 1])), 1);
  const { copies } = plan(program("log", {
    inputs: { at, x },
    state: {
      log: { value: log, next: updateSlice(log, row, { start: at, axis: 0 }) },
    },
  }));
  assert.deepEqual(copies, []);
});

Deno.test("planProgram() does nothing for what nobody asked for", () => {
  const [x, empty] = [input("x", [4]), input("empty", [0, 3])];
  const { kernels, arena } = plan(program("nothing", {
    inputs: { x, empty },
    state: { x: { value: x } },
    outputs: { empty: exp(empty) },
  }));
  assert.deepEqual(kernels, []);
  assert.equal(arena.bytes, 0);
});

Deno.test("planProgram() writes the parts of a long concatenation where they belong", () => {
  const x = input("x", [40, 30]);
  const parts = Array.from(
    { length: 20 },
    (_, i) => sum(mul(x, i + 2), { axes: [0] }),
  );
  const found = plan(program("parts", {
    inputs: { x },
    outputs: { y: concat(parts, 0), z: exp(concat(parts, 0)) },
  }));
  assert.deepEqual(
    [...new Set(names(found))],
    ["reduce_sum", "map"],
  );
  assert.equal(found.kernels.length, 21);
});

Deno.test("planProgram() cuts sums that read more than a kernel can bind", () => {
  const x = input("x", [40, 30]);
  const terms = Array.from(
    { length: 30 },
    (_, i) => sum(mul(x, i + 2)),
  );
  const { kernels } = plan(program("terms", {
    inputs: { x },
    outputs: { y: terms.reduce((total, term) => add(total, term)) },
  }));
  for (const { bindings } of kernels) {
    assert.ok(bindings.length <= LIMITS.maxBindings);
  }
});

Deno.test("planProgram() needs less memory where blocks are recomputed", () => {
  const step = vaeTrainingStep({
    config: {
      backbone: "hybrid",
      ...PAPER_LAW,
      image_size: 32,
      patch_size: 8,
      latent_dim: 4,
      z_channels: 64,
      cnn_chs: [16, 16, 16, 64],
      encoder_vit_layers: 4,
      decoder_vit_layers: 4,
    },
    batch: 64,
    klWeight: 1,
    update: rule(),
  });
  const kept = plan(trainingProgram(step));
  const again = plan(trainingProgram({ ...step, recompute: true }));
  assert.ok(again.arena.bytes < 0.7 * kept.arena.bytes);
  for (const { bindings } of [...kept.kernels, ...again.kernels]) {
    assert.ok(bindings.length <= LIMITS.maxBindings);
  }
});
