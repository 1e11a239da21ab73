import assert from "node:assert/strict";
import {
  cutCrop,
  drawCrop,
  randomCrop,
  WHITE,
} from "../../../../lib/image/mod.ts";
import { RandomStream } from "../../../../lib/random/mod.ts";
import { noise } from "../_pictures.ts";

const CHOICE = { augmentation: "random-crop", minFraction: 0.8 } as const;

Deno.test("random-crop draws every side of its range, and places below 1", () => {
  const sides = new Set<number>();
  for (let row = 0; row < 400; row++) {
    const draws = new RandomStream({ seed: 1, stream: "test", row });
    const crop = drawCrop(CHOICE, { size: 16, draws });
    assert.ok(crop.by === "random-crop");
    sides.add(crop.side);
    for (const place of [crop.top, crop.left]) {
      assert.ok(place > 0 && place < 1);
    }
  }
  // From 16 to 16 / 0.8.
  assert.deepEqual([...sides].sort((a, b) => a - b), [16, 17, 18, 19, 20]);
});

Deno.test("random-crop cuts at its places once the size is known", () => {
  const source = noise({ width: 61, height: 37, seed: 2 });
  const canvas = { size: 16, background: WHITE };
  const crop = { by: "random-crop", side: 19, top: 0.75, left: 0.999 } as const;
  // 61 x 37 becomes 31 x 19: 4 rows and 16 columns to start at.
  const expected = randomCrop(source, {
    size: 16,
    smallerSide: 19,
    top(count) {
      assert.equal(count, 4);
      return 3;
    },
    left(count) {
      assert.equal(count, 16);
      return 15;
    },
  });
  assert.deepEqual(cutCrop(source, crop, canvas), expected);
});
