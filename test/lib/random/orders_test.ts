import assert from "node:assert/strict";
import { ORDERS, RandomStream } from "../../../lib/random/mod.ts";

const [COUNT, BATCH] = [10, 4];

function chosen(name: keyof typeof ORDERS, steps: readonly number[], seed = 5) {
  const order = ORDERS[name]({
    count: COUNT,
    batch: BATCH,
    seed,
    draw: (draws) => draws.integer(COUNT),
  });
  return steps.map((step) =>
    Array.from({ length: BATCH }, (_, row) => {
      const draws = new RandomStream({ seed, stream: "test", step, row });
      return order({ step, row, draws });
    })
  );
}

Deno.test("epochs take everything once before anything twice, also within a batch", () => {
  const all = chosen("epochs", [0, 1, 2, 3, 4]).flat();
  for (const start of [0, COUNT]) {
    const epoch = all.slice(start, start + COUNT);
    assert.deepEqual(new Set(epoch).size, COUNT);
  }
  assert.notDeepEqual(all.slice(0, COUNT), all.slice(COUNT));
});

Deno.test("orders are functions of seed, step and row, so any step may come first", () => {
  for (const name of ["draws", "epochs"] as const) {
    const [first, , third] = chosen(name, [0, 1, 2]);
    assert.deepEqual(chosen(name, [2, 0]), [third, first]);
    assert.notDeepEqual(chosen(name, [0], 6), [first]);
  }
});
