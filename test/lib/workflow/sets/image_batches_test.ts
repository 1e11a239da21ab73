import assert from "node:assert/strict";
import type { HostTensor } from "../../../../lib/tensor/mod.ts";
import { imageBatches } from "../../../../lib/workflow/sets/mod.ts";
import { imageSource } from "./_sources.ts";

/** One picture of 2 x 1 bright columns, the left one brighter. */
async function batch(flips: readonly boolean[], flip?: boolean) {
  const images = imageSource({
    size: 2,
    data: Uint8Array.of(255, 255, 255, 0, 0, 0, 255, 255, 255, 0, 0, 0),
    classes: flips.map((_, k) => `${k}`),
    flips,
  });
  const next = imageBatches(images, { batch: 64, shift: 0, flip, seed: 3 });
  const { data } = (await next(0))["images"] as HostTensor;
  // The brightness of each image's first pixel: -1 where it is mirrored.
  return Array.from({ length: 64 }, (_, row) => data[row * 3 * 4]);
}

Deno.test("imageBatches() mirrors all where any class may be mirrored, or as it is told", async () => {
  assert.ok((await batch([false, true])).includes(-1));
  assert.ok(!(await batch([false, false])).includes(-1));
  assert.ok((await batch([false, false], true)).includes(-1));
  assert.ok(!(await batch([true, true], false)).includes(-1));
});
