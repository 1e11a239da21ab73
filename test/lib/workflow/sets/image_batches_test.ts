import assert from "node:assert/strict";
import type { HostTensor } from "../../../../lib/tensor/mod.ts";
import { imageBatches, imageViews } from "../../../../lib/workflow/sets/mod.ts";
import { imageSource } from "./_sources.ts";

const STILL = { augmentation: "centre-crop" } as const;

/** One picture of 2 x 1 bright columns, the left one brighter. */
async function batch(flips: readonly boolean[], flip?: boolean) {
  const images = imageSource({
    size: 2,
    data: Uint8Array.of(255, 255, 255, 0, 0, 0, 255, 255, 255, 0, 0, 0),
    classes: flips.map((_, k) => `${k}`),
    flips,
  });
  const next = imageBatches(images, {
    ...STILL,
    batch: 64,
    flip,
    seed: 3,
  });
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

Deno.test("imageBatches() shows each image once an epoch where the order says so", async () => {
  const count = 6;
  const images = imageSource({
    size: 1,
    data: Uint8Array.from({ length: count * 3 }, (_, i) => Math.floor(i / 3)),
  });
  const next = imageBatches(images, {
    batch: 4,
    order: "epochs",
    ...STILL,
    seed: 3,
  });
  const seen: number[] = [];
  for (let step = 0; step < 3; step++) {
    const { data } = (await next(step))["images"] as HostTensor;
    for (let row = 0; row < 4; row++) {
      seen.push(Math.round((data[row * 3]! + 1) * 127.5));
    }
  }
  for (const start of [0, count]) {
    assert.equal(new Set(seen.slice(start, start + count)).size, count);
  }
});

Deno.test("imageViews() lets augmentation go away by the images that were seen", () => {
  const viewsOf = imageViews({ count: 6, size: 8 }, {
    batch: 4,
    augmentation: "shift",
    shift: 3,
    augmentUntil: 1,
    augmentEnd: 2,
    seed: 3,
    mayFlip: () => false,
  });
  const found = [0, 1, 2, 3].map((step) =>
    viewsOf(step).map(({ crop }) => crop.by)
  );
  // The first epoch ends inside of the second step.
  assert.deepEqual(found[0], Array(4).fill("shift"));
  assert.deepEqual(found[1]!.slice(0, 2), Array(2).fill("shift"));
  assert.deepEqual(found[3], Array(4).fill("centre-crop"));
});
