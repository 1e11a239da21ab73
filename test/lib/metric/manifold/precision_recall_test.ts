import assert from "node:assert/strict";
import { precisionRecall } from "../../../../lib/metric/mod.ts";
import { createReferenceEngine } from "../../../../lib/engine/reference/mod.ts";
import { hostTensor } from "../../../../lib/tensor/mod.ts";
import { testOnEngines } from "../../../engines.ts";
import { near, openGolden } from "../_golden.ts";
import { bruteForce, cloud, openScores } from "../_scores.ts";

function line(...values: number[]) {
  return hostTensor("f64", [values.length, 1], Float64Array.from(values));
}

await testOnEngines({
  "precisionRecall() matches the recording": async (engine) => {
    const { config, tensor } = await openGolden("metrics");
    const found = await precisionRecall(engine, {
      reference: tensor("in/reference"),
      samples: tensor("in/samples"),
      neighbours: config.k!,
    });
    near(found.precision, config.precision!, 1e-12);
    near(found.recall, config.recall!, 1e-12);
  },
  "precisionRecall() matches torch-fidelity, copies among the rows": async (
    engine,
  ) => {
    const { config, reference, samples } = await openScores();
    const found = await precisionRecall(engine, { reference, samples });
    near(found.precision, config.precision!, 1e-7);
    near(found.recall, config.recall!, 1e-7);
  },
});

await testOnEngines({
  "precisionRecall() of several blocks is that of all pairs": async (
    engine,
  ) => {
    // Far from zero, where float32 leaves many distances open.
    const reference = cloud(4200, { seed: 1, away: 300 });
    const samples = cloud(1100, { seed: 2, away: 300.2 });
    let pairs = 0;
    const found = await precisionRecall(engine, {
      reference,
      samples,
      neighbours: 2,
      onPairs: (count) => pairs += count,
    });
    assert.deepEqual(found, bruteForce({ reference, samples, neighbours: 2 }));
    assert.ok(pairs >= 4200 * 1100 + (4200 ** 2 + 1100 ** 2) / 2);
  },
}, { reference: false });

const engine = createReferenceEngine();

Deno.test("precisionRecall() counts the row itself as neighbour 0", async () => {
  // With one neighbour the radii are 1, 1, 8 and 0.1, 0.1, 3.5.
  const found = await precisionRecall(engine, {
    reference: line(0, 1, 9),
    samples: line(0.5, 0.6, -3),
    neighbours: 1,
  });
  near(found.precision, 2 / 3, 1e-12);
  near(found.recall, 1 / 3, 1e-12);
});

Deno.test("precisionRecall() of a set with itself is one", async () => {
  const set = line(1, 2, 3, 5, 8);
  const found = await precisionRecall(engine, { reference: set, samples: set });
  assert.deepEqual(found, { precision: 1, recall: 1 });
});

Deno.test("precisionRecall() refuses too few rows and other widths", async () => {
  const wide = hostTensor("f64", [4, 2], new Float64Array(8));
  const set = line(1, 2, 3, 4);
  await assert.rejects(
    precisionRecall(engine, { reference: set, samples: line(1, 2, 3) }),
    RangeError,
  );
  await assert.rejects(
    precisionRecall(engine, { reference: set, samples: wide }),
    TypeError,
  );
});

Deno.test("precisionRecall() stops when it is told to", async () => {
  const set = line(1, 2, 3, 5, 8);
  const signal = AbortSignal.abort();
  await assert.rejects(
    precisionRecall(engine, { reference: set, samples: set, signal }),
    { name: "AbortError" },
  );
});
