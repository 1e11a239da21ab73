import assert from "node:assert/strict";
import { UserError } from "../../../../lib/artifact/mod.ts";
import { classesOf } from "../../../../lib/workflow/sample/classes.ts";

const NAMES = ["heart", "clock", "Crane", "crane", "nail", "2"]
  .concat("star", "sun", "moon", "sign");
const CONTEXT = { names: NAMES, perClass: 2, seed: 3 };

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

Deno.test("classesOf() takes names and ranges beside numbers", () => {
  const of = (classes: string) => [...classesOf({ classes }, {
    ...CONTEXT,
    perClass: 1,
  })];
  assert.deepEqual(of("clock, heart"), [1, 0]);
  assert.deepEqual(of("7-9,0,Clock"), [7, 8, 9, 0, 1]);
  assert.deepEqual(of("crane,Crane"), [3, 2]);
  // Digits are a number, whatever classes are called.
  assert.deepEqual(of("2,3"), [2, 3]);
});

Deno.test("classesOf() draws an image's class from its number where it has one", () => {
  const indices = Uint32Array.of(40, 3, 99);
  const options = { classes: "uniform" };
  const all = classesOf({ ...options, count: 100 }, CONTEXT);
  assert.deepEqual(
    [...classesOf(options, { ...CONTEXT, indices })],
    [all[40], all[3], all[99]],
  );
});

const REFUSED = {
  "3,10": /--classes "10": expected numbers from 0 to 9/,
  "3-10": /--classes "3-10": expected numbers from 0 to 9/,
  "5-3": /--classes "5-3": expected .* ranges that run up/,
  "hart": /class "hart": the model has no class of this name/,
  "CRANE": /class "CRANE": it names the classes 2 and 3, give a number/,
  "1,,2": /class "": the model has no class/,
  "-1": /class "-1": the model has no class/,
} as const;

for (const [classes, message] of Object.entries(REFUSED)) {
  Deno.test(`classesOf() refuses "${classes}" of the model's ten classes`, () => {
    assert.throws(
      () => classesOf({ classes }, CONTEXT),
      (error) => error instanceof UserError && message.test(error.message),
    );
  });
}
