import assert from "node:assert/strict";
import { planProgram } from "../../../../../lib/engine/webgpu/plan/plan.ts";
import { planSampling } from "../../../../../lib/sample/mod.ts";
import { counterNoise } from "../../../../../lib/sample/noise.ts";
import { samplingPrograms } from "../../../../../lib/sample/programs.ts";
import {
  add,
  input,
  matmul,
  type Program,
  program,
  sliceAt,
  type Tensor,
  updateSlice,
} from "../../../../../lib/tensor/mod.ts";
import { AR } from "../../../model/_models.ts";
import { LIMITS } from "../_limits.ts";

function kernelsOf(built: Program) {
  return planProgram(built, LIMITS).kernels;
}

/** Steps y = y W + row of a table, at places that are counted from an input. */
function loop(steps: number): Program {
  const [first, table] = [input("first", [], "i32"), input("table", [50, 20])];
  const [y, w] = [input("y", [30, 20]), input("w", [20, 20])];
  let next: Tensor = y;
  for (let i = 0; i < steps; i++) {
    const at = { axis: 0, size: 1 };
    next = add(matmul(next, w), sliceAt(table, add(first, i), at));
  }
  return program("loop", {
    inputs: { first },
    state: { table: { value: table }, w: { value: w }, y: { value: y, next } },
    outputs: {},
  });
}

Deno.test("steps that count from one input share the text of their kernels", () => {
  const kernels = kernelsOf(loop(6));
  const names = kernels.map(({ name }) => name);
  assert.deepEqual(names, ["map", ...Array(6).fill("matmul")]);
  const texts = kernels.slice(1).map(({ wgsl }) => wgsl);
  // The first step reads the input and the state, the last one writes the state.
  assert.equal(new Set(texts.slice(1, -1)).size, 1);
});

Deno.test("two places that are counted from one input are computed where they are read", () => {
  const names = kernelsOf(loop(3)).map(({ name }) => name);
  assert.deepEqual(names, Array(3).fill("matmul"));
});

Deno.test("places at which rows are written are not stored", () => {
  const first = input("first", [], "i32");
  const row = input("row", [1, 20]);
  const caches = [1, 2, 3, 4].map((i) => {
    const value = input(`cache${i}`, [50, 20]);
    const options = { start: add(first, i), axis: 0 };
    return [`cache${i}`, { value, next: updateSlice(value, row, options) }];
  });
  const kernels = kernelsOf(program("rows", {
    inputs: { first, row },
    state: Object.fromEntries(caches),
    outputs: {},
  }));
  assert.equal(kernels.length, 1);
});

Deno.test("longer calls of the solver compile no more large kernels", () => {
  const textsOf = (steps: number) => {
    const plan = planSampling(AR, 2, {
      solver: "euler",
      steps,
      guidance: { cfg: 2, schedule: "linear" },
    });
    const { solve } = samplingPrograms(plan, counterNoise(plan.rows));
    const texts = kernelsOf(solve)
      .filter(({ name }) => name !== "map solve")
      .map(({ wgsl }) => wgsl);
    return new Set(texts).size;
  };
  assert.equal(textsOf(4), textsOf(12));
});
