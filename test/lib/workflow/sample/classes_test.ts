import assert from "node:assert/strict";
import { classesOf } from "../../../../lib/workflow/sample/classes.ts";

const CONTEXT = { known: 10, perClass: 2, seed: 3 };

Deno.test("classesOf() takes classes in turn, or all as often", () => {
  const listed = classesOf({ classes: "7,2", count: 5 }, CONTEXT);
  assert.deepEqual([...listed], [7, 2, 7, 2, 7]);
  assert.deepEqual([...classesOf({ classes: "7" }, CONTEXT)], [7, 7]);
  const all = [...classesOf({}, CONTEXT)];
  assert.equal(all.length, 20);
  assert.deepEqual(all, [...classesOf({ classes: "balanced" }, CONTEXT)]);
  for (let label = 0; label < 10; label++) {
    assert.equal(all.filter((one) => one === label).length, 2);
  }
});

Deno.test("classesOf() draws an image's class from seed and index alone", () => {
  const draw = (count: number, seed = 3) =>
    classesOf({ classes: "uniform", count }, { ...CONTEXT, seed });
  const many = draw(5000);
  assert.deepEqual(draw(100), many.slice(0, 100));
  assert.notDeepEqual(draw(100, 4), draw(100));
  const counts = new Array(10).fill(0);
  for (const label of many) counts[label]++;
  // Six standard deviations of a binomial count, sqrt(5000 0.1 0.9) = 21.
  for (const count of counts) assert.ok(Math.abs(count - 500) <= 6 * 21);
});

Deno.test("classesOf() refuses a class that the model does not have", () => {
  assert.throws(
    () => classesOf({ classes: "3,10" }, CONTEXT),
    /^UserError: Cannot sample class 10: the model has classes 0 to 9$/,
  );
});
