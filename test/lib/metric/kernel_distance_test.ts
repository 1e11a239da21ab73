import assert from "node:assert/strict";
import { createReferenceEngine } from "../../../lib/engine/reference/mod.ts";
import { kernelDistance } from "../../../lib/metric/mod.ts";
import { hostTensor } from "../../../lib/tensor/mod.ts";
import { testOnEngines } from "../../engines.ts";
import { near } from "./_golden.ts";
import { openScores } from "./_scores.ts";

await testOnEngines({
  "kernelDistance() matches torch-fidelity on the same subsets": async (
    engine,
  ) => {
    const { config, reference, samples } = await openScores();
    const subsets = { count: 7, size: 60, seed: 2020 };
    const found = await kernelDistance(engine, { reference, samples, subsets });
    near(found.mean, config.kid!, 1e-6);
    near(found.deviation, config.kid_std!, 1e-6);
    assert.equal(found.size, 60);
  },
});

Deno.test("kernelDistance() of few rows is of all of them", async () => {
  const engine = createReferenceEngine();
  const row = (...values: number[]) =>
    hostTensor("f32", [values.length, 1], Float32Array.from(values));
  const pair = { reference: row(0, 1), samples: row(1, 2) };
  const { mean, size, deviation } = await kernelDistance(engine, pair);
  // (0 * 1 + 1)³ + (1 * 2 + 1)³ - (1 + 1 + 8 + 27) / 2
  near(mean, 1 + 27 - 37 / 2, 1e-12);
  assert.deepEqual([size, deviation], [2, 0]);
  const one = { reference: row(0), samples: row(1, 2) };
  await assert.rejects(kernelDistance(engine, one), RangeError);
});
