import assert from "node:assert/strict";
import { batchSize } from "../../../../lib/web/session/batches.ts";
import { AR } from "../../model/_models.ts";

const GIVEN = {
  ar: AR,
  guidance: { cfg: 2, schedule: "linear" },
} as const;

Deno.test("batchSize() cuts jobs into even batches", () => {
  const sizes = [1, 4, 16, 17, 40, 64].map((count) => batchSize(count, GIVEN));
  assert.deepEqual(sizes, [1, 4, 16, 9, 14, 16]);
});

Deno.test("batchSize() stays below what caches of a large model take", () => {
  const large = { ...AR, n_layer: 40, dim: 1280, grid: 32 };
  assert.equal(batchSize(10, { ...GIVEN, ar: large }), 2);
  assert.equal(batchSize(10, { ...GIVEN, most: 3 }), 3);
});
