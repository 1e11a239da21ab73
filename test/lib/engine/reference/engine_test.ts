import assert from "node:assert/strict";
import { createReferenceEngine } from "../../../../lib/engine/reference/mod.ts";
import { erf } from "../../../../lib/engine/reference/ops/elementwise.ts";
import {
  add,
  constant,
  gather,
  hostTensor,
  input,
  mul,
  program,
  scatterAdd,
  type Tensor,
} from "../../../../lib/tensor/mod.ts";
import { graphResults } from "../../../cases/random_graph.ts";
import { f32, i32 } from "../../../cases/values.ts";

const engine = createReferenceEngine();

Deno.test("the reference computes in float64", async () => {
  const x = input("x", []);
  const [y] = await graphResults(engine, {
    inputs: [x],
    values: [hostTensor("f64", [], Float64Array.of(2 ** -50))],
    outputs: [add(x, 1)],
  });
  assert.equal(y!.dtype, "f64");
  assert.equal(y!.data[0], 1 + 2 ** -50);
});

Deno.test("gather and scatter_add refuse rows outside, naming the first", async () => {
  const [table, rows] = [input("table", [3, 2]), input("rows", [2], "i32")];
  const graph = (output: Tensor, bad: readonly number[]) =>
    graphResults(engine, {
      inputs: [table, rows],
      values: [f32([3, 2], [1, 2, 3, 4, 5, 6]), i32([2], bad)],
      outputs: [output, add(table, 0)],
    });
  const message = "Index must lie in 0 to 2, got 3 at 1";
  await assert.rejects(graph(gather(table, rows), [0, 3]), {
    name: "RangeError",
    message,
  });
  const updates = gather(table, constant(i32([2], [0, 1])));
  await assert.rejects(graph(scatterAdd(rows, updates, 3), [0, 3]), {
    name: "RangeError",
    message,
  });
  await assert.rejects(graph(gather(table, rows), [-1, 0]), /got -1 at 0/);
});

Deno.test("the reference refuses f16 data", async () => {
  const bits = hostTensor("f16", [1], Uint16Array.of(0x3c00));
  await assert.rejects(engine.upload(bits), TypeError);
  assert.throws(() => constant(bits), TypeError);
});

Deno.test("the reference keeps big graphs in bounded memory and time", async () => {
  const x = input("x", [64, 1024]);
  let y: Tensor = x;
  for (let i = 0; i < 400; i++) y = mul(add(y, 0.001), 0.999);
  const executable = await engine.compile(program("deep", {
    inputs: { x },
    outputs: { y },
  }));
  const before = Deno.memoryUsage().external;
  const inputs = { x: f32([64, 1024], Array(64 * 1024).fill(1)) };
  await engine.run(executable, { inputs });
  // All 800 intermediate results would take 400 MiB.
  const grownMiB = (Deno.memoryUsage().external - before) / 2 ** 20;
  assert.ok(grownMiB < 300, `grew by ${grownMiB} MiB`);
});

Deno.test("erf() is odd and agrees with tables where its formulas meet", () => {
  // Abramowitz and Stegun, table 7.1, and 1 - erfc from table 7.2.
  const known = [
    [0.1, 0.1124629160182849],
    [1, 0.8427007929497149],
    [2, 0.9953222650189527],
    [3, 0.9999779095030014],
    [4, 0.9999999845827421],
    [5, 0.9999999999984626],
  ] as const;
  for (const [x, y] of known) {
    assert.ok(Math.abs(erf(x) - y) <= 1e-15, `erf(${x}) = ${erf(x)}`);
    assert.equal(erf(-x), -erf(x));
  }
  const [below, above] = [erf(2 - 1e-15), erf(2 + 1e-15)];
  assert.ok(below <= above && above - below < 1e-15);
  assert.ok(Number.isNaN(erf(NaN)));
});
