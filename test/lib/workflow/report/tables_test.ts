import assert from "node:assert/strict";
import { nearestTable } from "../../../../lib/workflow/report/tables.ts";

Deno.test("nearestTable() counts the held-out images that are near-duplicates", () => {
  const figures = {
    n: 4,
    min: 0,
    median: 0.2,
    mean: 0.2,
    closer_than_reconstruction: null,
  };
  const metrics = {
    n: 4,
    neighbours: 3,
    classes: [],
    sets: {},
    reconstruction: {},
    nearest: { heldout: figures, samples: figures },
  };
  const table = nearestTable(metrics, { heldout: [0, 0.1, 0.11, 0.4] });
  assert.ok(table.columns.some(({ title }) => title === "Within 0.1"));
  const counts = table.rows.map(({ name, values }) => [
    name,
    values["near_duplicates"],
  ]);
  assert.deepEqual(Object.fromEntries(counts), { heldout: 2, samples: 0 });
});
