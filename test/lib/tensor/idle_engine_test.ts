import assert from "node:assert/strict";
import { createReferenceEngine } from "../../../lib/engine/reference/mod.ts";
import {
  CountedEngine,
  countedWeights,
  countRuns,
  type Engine,
  hostTensor,
  input,
  matmul,
  program,
  timesRuns,
  zeros,
} from "../../../lib/tensor/mod.ts";

/** Two runs of a product with a weight. */
async function work(engine: Engine, w: "counted" | "given"): Promise<void> {
  const [a, b] = [input("a", [2, 3]), input("b", [3, 5])];
  const product = program("product", {
    inputs: { a },
    state: { b: { value: b } },
    outputs: { y: matmul(a, b) },
  });
  const frozen = w === "given"
    ? { b: zeros("f32", [3, 5]) }
    : countedWeights({ b: [3, 5] });
  const executable = await engine.compile(product, { frozen });
  for (let run = 0; run < 2; run++) {
    const inputs = { a: hostTensor("f32", [2, 3], new Float32Array(6)) };
    const { y } = await engine.run(executable, { inputs });
    assert.deepEqual((await engine.download(y!)).shape, [2, 5]);
  }
  engine.dispose(executable);
}

Deno.test("countRuns() counts what an engine runs, and computes nothing", async () => {
  const real = new CountedEngine(createReferenceEngine());
  await work(real, "given");
  const runs = await countRuns((engine) => work(engine, "counted"));
  assert.deepEqual(runs, real.programRuns());
  assert.deepEqual(runs, [
    { name: "product", runs: 2, flops: 2 * 2 * 3 * 5, bytes: 4 * 31 },
  ]);
  await real.close();
});

Deno.test("countRuns() has as many workers as it is told", async () => {
  for (const workers of [undefined, 1, 2]) {
    let found: number | undefined;
    await countRuns((engine) => {
      found = engine.workers;
      return Promise.resolve();
    }, { workers });
    assert.equal(found, workers ?? 1);
  }
});

Deno.test("timesRuns() repeats runs", () => {
  const run = { name: "a", runs: 2, flops: 3, bytes: 4 };
  assert.deepEqual(timesRuns([run], 2.5), [{ ...run, runs: 5 }]);
});

Deno.test("countedWeights() have types and shapes and no numbers", async () => {
  const weights = countedWeights(
    { a: [2, 3], b: [4] },
    (name) => name === "a" ? "q8" : "f32",
  );
  assert.equal(weights.a!.dtype, "q8");
  assert.deepEqual(weights.b!.shape, [4]);
  await assert.rejects(weights.a!.load(), /^Error: internal: "a"/);
});
