import assert from "node:assert/strict";
import {
  type PlanOptions,
  planProgram,
} from "../../../../lib/engine/webgpu/plan/plan.ts";
import {
  add,
  gather,
  input,
  matmul,
  mul,
  type Program,
  program,
  slice,
  updateSlice,
} from "../../../../lib/tensor/mod.ts";
import type { Format } from "../../../../lib/engine/webgpu/wgsl/storage.ts";
import { LIMITS } from "./_limits.ts";

function bytesOf(planned: Program, options?: PlanOptions): number {
  const { kernels } = planProgram(planned, LIMITS, options);
  return kernels.reduce((sum, { bytes }) => sum + bytes, 0);
}

Deno.test("a kernel's traffic is each element of what it reads and writes once", () => {
  const [a, b] = [input("a", [5, 7]), input("b", [7, 3])];
  const product = program("product", {
    inputs: { a, b },
    outputs: { y: matmul(a, b) },
  });
  assert.equal(bytesOf(product), 4 * (5 * 7 + 7 * 3 + 5 * 3));
  const x = input("x", [11]);
  const square = program("square", {
    inputs: { x },
    outputs: { y: mul(x, x) },
  });
  assert.equal(bytesOf(square), 4 * (11 + 11));
});

Deno.test("a kernel's traffic counts the bits that weights are kept in", () => {
  const [x, w] = [input("x", [1, 256]), input("w", [64, 256])];
  const product = program("product", {
    inputs: { x },
    state: { w: { value: w } },
    outputs: { y: matmul(x, w, { transposeB: true }) },
  });
  const ends = 4 * (256 + 64);
  const keptAs = (format: Format) =>
    bytesOf(product, { formats: new Map([["w", format]]) }) - ends;
  assert.equal(bytesOf(product) - ends, 4 * 64 * 256);
  assert.equal(keptAs("half words"), 2 * 64 * 256);
  // Two scales a row.
  assert.equal(keptAs("bytes"), 64 * 256 + 4 * 64 * 2);
});

Deno.test("a kernel's traffic counts what views pick, not what lies there", () => {
  const table = input("table", [100, 4]);
  const ids = input("ids", [3], "i32");
  const picked = program("picked", {
    inputs: { ids },
    state: { table: { value: table } },
    outputs: { y: gather(table, ids) },
  });
  assert.equal(bytesOf(picked), 4 * (3 + 3 * 4 + 3 * 4));
  const x = input("x", [9, 2]);
  const ends = program("ends", {
    inputs: { x },
    outputs: {
      y: add(slice(x, 0, { stop: 1 }), slice(x, 0, { start: 8 })),
    },
  });
  assert.equal(bytesOf(ends), 4 * (2 + 2 + 2));
});

Deno.test("a kernel's traffic counts the rows that a state takes", () => {
  const cache = input("cache", [50, 4]);
  const row = input("row", [1, 4]);
  const at = input("at", [], "i32");
  const next = updateSlice(cache, row, { start: at, axis: 0 });
  const written = program("written", {
    inputs: { row, at },
    state: { cache: { value: cache, next } },
    outputs: {},
  });
  assert.equal(bytesOf(written), 4 * (4 + 1 + 4));
});
