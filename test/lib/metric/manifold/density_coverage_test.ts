import assert from "node:assert/strict";
import { createReferenceEngine } from "../../../../lib/engine/reference/mod.ts";
import { densityCoverage } from "../../../../lib/metric/mod.ts";
import { hostTensor } from "../../../../lib/tensor/mod.ts";
import { testOnEngines } from "../../../engines.ts";
import { near } from "../_golden.ts";
import { openScores } from "../_scores.ts";

await testOnEngines({
  "densityCoverage() matches the formulas in numpy": async (engine) => {
    const { config, reference, samples } = await openScores();
    const found = await densityCoverage(engine, { reference, samples });
    near(found.density, config.density!, 1e-12);
    near(found.coverage, config.coverage!, 1e-12);
  },
});

Deno.test("densityCoverage() counts borders as outside", async () => {
  const line = (...values: number[]) =>
    hostTensor("f64", [values.length, 1], Float64Array.from(values));
  // Balls of radius 1, 1 and 3 around 0, 1 and 4: -1 and 2 are on borders, 2
  // is in the ball around 4, 0.5 in the two others.
  const found = await densityCoverage(createReferenceEngine(), {
    reference: line(0, 1, 4),
    samples: line(-1, 2, 0.5, 9),
    neighbours: 1,
  });
  assert.deepEqual(found, { density: 3 / 4, coverage: 1 });
});
