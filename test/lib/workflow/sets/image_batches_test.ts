import assert from "node:assert/strict";
import type { HostTensor } from "../../../../lib/tensor/mod.ts";
import { imageBatches } from "../../../../lib/workflow/sets/mod.ts";

/** One picture of 2 x 1 bright columns, the left one brighter. */
function batch(flips: readonly boolean[], flip?: boolean) {
  const images = {
    size: 2,
    count: 1,
    data: Uint8Array.of(255, 255, 255, 0, 0, 0, 255, 255, 255, 0, 0, 0),
    labels: Int32Array.of(0),
    classes: flips.map((_, k) => `${k}`),
    flips,
  };
  const next = imageBatches(images, { batch: 64, shift: 0, flip, seed: 3 });
  const { data } = next(0)["images"] as HostTensor;
  // The brightness of each image's first pixel: -1 where it is mirrored.
  return Array.from({ length: 64 }, (_, row) => data[row * 3 * 4]);
}

Deno.test("imageBatches() mirrors all where any class may be mirrored, or as it is told", () => {
  assert.ok(batch([false, true]).includes(-1));
  assert.ok(!batch([false, false]).includes(-1));
  assert.ok(batch([false, false], true).includes(-1));
  assert.ok(!batch([true, true], false).includes(-1));
});
