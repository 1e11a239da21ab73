import assert from "node:assert/strict";
import { createReferenceEngine } from "../../../lib/engine/reference/mod.ts";
import {
  CountedEngine,
  hostTensor,
  input,
  matmul,
  program,
  zeros,
} from "../../../lib/tensor/mod.ts";

Deno.test("CountedEngine knows the least time of its runs", async () => {
  const engine = new CountedEngine(createReferenceEngine());
  const [a, b] = [input("a", [2, 3]), input("b", [5, 3])];
  const product = program("product", {
    inputs: { a },
    state: { b: { value: b } },
    outputs: { y: matmul(a, b, { transposeB: true }) },
  });
  const data = new Uint16Array(15);
  const frozen = { b: hostTensor("f16", [5, 3], data) };
  const executable = await engine.compile(product, { frozen });
  const run = () =>
    engine.run(executable, { inputs: { a: zeros("f32", [2, 3]) } });
  await run();
  engine.reset();
  await run();
  await run();
  // Halves are two bytes each.
  const [flops, bytes] = [2 * 2 * 3 * 5, 4 * 6 + 2 * 15 + 4 * 10];
  assert.deepEqual(engine.costPer(2), { flops, bytes });
  const peak = { flopsPerSecond: flops, bytesPerSecond: 2 * bytes };
  assert.deepEqual(engine.leastSeconds(peak), { flops: 2, bytes: 1, both: 2 });
  assert.equal(engine.measurePeak, undefined);
  await engine.close();
});
