import assert from "node:assert/strict";
import { cutKeys } from "../../../../lib/engine/webgpu/kernels/attention/cached_parts.ts";
import type { Sizes } from "../../../../lib/engine/webgpu/kernels/attention/tile.ts";
import { LIMITS } from "./_limits.ts";

const ROW: Sizes = { batch: 1, heads: 12, queries: 1, keys: 272, width: 64 };

function partsOf(sizes: Partial<Sizes>, isSoftware = false): number {
  const limits = { ...LIMITS, isSoftware };
  return cutKeys({ ...ROW, ...sizes }, { shortest: 256, limits }).count;
}

Deno.test("cutKeys() leaves short caches to one workgroup a row", () => {
  assert.equal(partsOf({}), 1);
  assert.equal(partsOf({ keys: 511 }), 1);
});

Deno.test("cutKeys() cuts long caches into parts that are long themselves", () => {
  assert.equal(partsOf({ keys: 512 }), 2);
  assert.equal(partsOf({ keys: 1040 }), 4);
});

Deno.test("cutKeys() makes no more parts than keep an adapter busy", () => {
  assert.equal(partsOf({ keys: 16384 }), 16);
  assert.equal(partsOf({ batch: 16, keys: 16384 }), 1);
  assert.equal(partsOf({ keys: 16384 }, true), 1);
});

Deno.test("cutKeys() gives every part room for its row", () => {
  const { left } = cutKeys({ ...ROW, keys: 1040 }, {
    shortest: 256,
    limits: LIMITS,
  });
  assert.deepEqual(left?.sums.shape, [12, 4, 64]);
  assert.deepEqual(left?.statistics.shape, [12, 4, 2]);
});
