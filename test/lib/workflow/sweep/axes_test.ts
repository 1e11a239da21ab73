import assert from "node:assert/strict";
import { UserError } from "../../../../lib/artifact/mod.ts";
import {
  type AxisName,
  valuesOf,
} from "../../../../lib/workflow/sweep/axes.ts";

Deno.test("valuesOf() takes values and ranges, both ends included", () => {
  assert.deepEqual(valuesOf("cfg", "3.5:4.1:0.1,6"), [
    3.5,
    3.6,
    3.7,
    3.8,
    3.9,
    4,
    4.1,
    6,
  ]);
  assert.equal(valuesOf("cfg", "3.5:5.5:0.1").length, 21);
  assert.deepEqual(valuesOf("cfg", "1:2:0.4"), [1, 1.4, 1.8]);
  assert.deepEqual(valuesOf("seed", "0:3:1"), [0, 1, 2, 3]);
  assert.deepEqual(valuesOf("solver", "euler, euler-maruyama"), [
    "euler",
    "euler-maruyama",
  ]);
});

Deno.test("valuesOf() takes one colon of steps for a schedule, two for a range", () => {
  assert.deepEqual(valuesOf("steps", "25,50:5,20:100:40"), [
    25,
    "50:5",
    20,
    60,
    100,
  ]);
});

const REFUSED: readonly (readonly [AxisName, string, RegExp])[] = [
  ["cfg", "2:1:0.1", /--cfg "2:1:0.1": expected first:last:step that runs up/],
  ["cfg", "1:2:0", /--cfg "1:2:0": expected first:last:step/],
  ["cfg", "1:2:x", /--cfg "1:2:x": expected first:last:step/],
  ["cfg", "1:2:0.0001", /at most 1000 steps/],
  ["cfg", "0.5", /^Cannot use --cfg: .*found 0\.5$/],
  ["cfg", "1,,2", /^Cannot use --cfg: .*found ""$/],
  ["cfg", "1:3", /found "1:3"; a range has two colons: first:last:step$/],
  ["cfg", "1:2:0.5,1.5", /--cfg: 1\.5 stands there twice/],
  ["steps", "2.5", /^Cannot use --steps: expected 1 to 10000 steps/],
  ["cfgSchedule", "cubic", /^Cannot use --cfg-schedule: .*found "cubic"/],
  ["solver", "1:2:1", /^Cannot use --solver: .*found "1:2:1"$/],
  ["seed", "-1", /^Cannot use --seed: .*found -1/],
];

for (const [name, list, expected] of REFUSED) {
  Deno.test(`valuesOf() refuses ${name} ${list} in one line`, () => {
    assert.throws(() => valuesOf(name, list), (error) => {
      assert.ok(error instanceof UserError, String(error));
      assert.match(error.message, expected);
      assert.doesNotMatch(error.message, /\n/);
      return true;
    });
  });
}
