import assert from "node:assert/strict";
import { firstWish, jobOf, stepsIn } from "../../../../lib/web/wish/wish.ts";
import { MODEL } from "./_model.ts";

Deno.test("jobOf() takes classes in turn and numbers pictures on", () => {
  const wish = firstWish(MODEL.defaults);
  const { images, seed, choice } = jobOf(
    { ...wish, labels: [2, 0], first: 7, count: 3, seed: 5 },
    MODEL,
  );
  assert.equal(seed, 5);
  assert.deepEqual(choice, MODEL.defaults);
  assert.deepEqual(images, [
    { label: 2, index: 7 },
    { label: 0, index: 8 },
    { label: 2, index: 9 },
  ]);
});

Deno.test("jobOf() takes every class where none is named", () => {
  const { images } = jobOf({ ...firstWish(MODEL.defaults), count: 8 }, MODEL);
  assert.deepEqual(images.map(({ label }) => label), [0, 1, 2, 3, 4, 5, 0, 1]);
});

Deno.test("stepsIn() reads one number or two", () => {
  assert.equal(stepsIn(" 25 "), 25);
  assert.equal(stepsIn("50:5"), "50:5");
  for (const text of ["", "0", "1.5", "5:", "a", "1:2:3", "1001", "-3"]) {
    assert.equal(stepsIn(text), undefined, text);
  }
});
