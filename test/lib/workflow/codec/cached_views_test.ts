import assert from "node:assert/strict";
import { cachedViews } from "../../../../lib/workflow/codec/mod.ts";

const HOW = { size: 16, seed: 3 };

Deno.test("cachedViews() holds the image, then the four largest shifts", () => {
  const views = cachedViews(
    { augmentation: "shift", shift: 2, flip: true },
    HOW,
  );
  assert.equal(views.count, 10);
  const found = views.of(7).map(({ picture, crop, flip }) => [
    picture,
    crop.by === "shift" ? [crop.dx, crop.dy] : crop.by,
    flip,
  ]);
  const crops = ["centre-crop", [2, 0], [-2, 0], [0, 2], [0, -2]];
  const expected = crops.flatMap((crop) => [[7, crop, false], [7, crop, true]]);
  assert.deepEqual(found, expected);
  assert.deepEqual(views.mirrored, expected.map(([, , flip]) => flip));
  assert.deepEqual(views.centred, expected.map((_, view) => view < 2));
  assert.ok(views.augmented.every(Boolean));
});

Deno.test("cachedViews() draws crops by seed and image, which stand for the drawn ones", () => {
  const numbers = {
    augmentation: "random-crop",
    minFraction: 0.8,
    crops: 3,
    flip: false,
  } as const;
  const views = cachedViews(numbers, HOW);
  assert.equal(views.count, 4);
  assert.deepEqual(views.centred, [true, false, false, false]);
  assert.deepEqual(views.augmented, [false, true, true, true]);
  const [first, second] = [views.of(5), views.of(6)];
  assert.deepEqual(first[0]!.crop, { by: "centre-crop" });
  assert.deepEqual(views.of(5), first);
  const more = cachedViews({ ...numbers, crops: 4, flip: true }, HOW).of(5);
  // More crops go on from those that were there; a mirrored one is the same crop.
  const upright = more.filter(({ flip }) => !flip).slice(0, 4);
  assert.deepEqual(upright, first);
  assert.deepEqual(more.map(({ crop }) => crop)[2], more[3]!.crop);
  const crops = [...first, ...second].slice(1).map(({ crop }) => crop);
  assert.equal(new Set(crops.map((crop) => JSON.stringify(crop))).size, 7);
});
