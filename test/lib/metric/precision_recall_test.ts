import assert from "node:assert/strict";
import { precisionRecall } from "../../../lib/metric/mod.ts";
import { hostTensor } from "../../../lib/tensor/mod.ts";
import { near, openGolden } from "./_golden.ts";

function line(...values: number[]) {
  return hostTensor("f64", [values.length, 1], Float64Array.from(values));
}

Deno.test("precisionRecall() matches the recording", async () => {
  const { config, tensor } = await openGolden("metrics");
  const found = precisionRecall({
    reference: tensor("in/reference"),
    samples: tensor("in/samples"),
    neighbours: config.k!,
  });
  near(found.precision, config.precision!, 1e-12);
  near(found.recall, config.recall!, 1e-12);
});

Deno.test("precisionRecall() counts the row itself as neighbour 0", () => {
  // With one neighbour the radii are 1, 1, 8 and 0.1, 0.1, 3.5.
  const found = precisionRecall({
    reference: line(0, 1, 9),
    samples: line(0.5, 0.6, -3),
    neighbours: 1,
  });
  near(found.precision, 2 / 3, 1e-12);
  near(found.recall, 1 / 3, 1e-12);
});

Deno.test("precisionRecall() of a set with itself is one", () => {
  const set = line(1, 2, 3, 5, 8);
  const found = precisionRecall({ reference: set, samples: set });
  assert.deepEqual(found, { precision: 1, recall: 1 });
});

Deno.test("precisionRecall() refuses too few rows and other widths", () => {
  const wide = hostTensor("f64", [4, 2], new Float64Array(8));
  const set = line(1, 2, 3, 4);
  assert.throws(
    () => precisionRecall({ reference: set, samples: line(1, 2, 3) }),
    RangeError,
  );
  assert.throws(
    () => precisionRecall({ reference: set, samples: wide }),
    TypeError,
  );
});
