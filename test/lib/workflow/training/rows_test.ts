import assert from "node:assert/strict";
import { equalBatches } from "../../../../lib/workflow/training/rows.ts";

Deno.test("equalBatches() makes few batches of one size", () => {
  const sizes = (count: number, batch: number, most = 1000) => {
    const { rows, batches } = equalBatches(count, { batch, most });
    assert.ok(batches.every(({ length }) => length === rows));
    const all = batches.flat();
    assert.equal(new Set(all).size, all.length);
    assert.ok(Math.max(...all) < count);
    return [batches.length, rows];
  };
  assert.deepEqual(sizes(40, 32), [2, 20]);
  assert.deepEqual(sizes(37, 32), [2, 18]);
  assert.deepEqual(sizes(5, 32), [1, 5]);
  assert.deepEqual(sizes(64, 32), [2, 32]);
  assert.deepEqual(sizes(10_000, 32, 64), [2, 32]);
});

Deno.test("equalBatches() spreads rows over a set", () => {
  const { batches } = equalBatches(10, { batch: 2, most: 5 });
  assert.deepEqual(batches, [[0], [3], [6]]);
});
