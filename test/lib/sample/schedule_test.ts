import assert from "node:assert/strict";
import fc from "fast-check";
import { type StepSchedule, stepsOfTokens } from "../../../lib/sample/mod.ts";

Deno.test("stepsOfTokens() gives a number to every token", () => {
  assert.deepEqual(stepsOfTokens(7, 3), [7, 7, 7]);
});

Deno.test("stepsOfTokens() goes in a line from the first token to the last", () => {
  assert.deepEqual(stepsOfTokens("50:5", 4), [50, 35, 20, 5]);
  assert.deepEqual(stepsOfTokens("1:4", 4), [1, 2, 3, 4]);
  // 2.5 is rounded up.
  assert.deepEqual(stepsOfTokens("3:2", 3), [3, 3, 2]);
  assert.deepEqual(stepsOfTokens("9:2", 1), [9]);
});

Deno.test("stepsOfTokens() never leaves its ends or turns", () => {
  const end = fc.integer({ min: 1, max: 500 });
  fc.assert(fc.property(end, end, (first, last) => {
    const steps = stepsOfTokens(`${first}:${last}`, 64);
    assert.deepEqual([steps[0], steps[63]], [first, last]);
    const sign = Math.sign(last - first);
    steps.slice(1).forEach((count, k) => {
      assert.ok(sign * (count - steps[k]!) >= 0);
    });
  }));
});

Deno.test("stepsOfTokens() refuses what is no count of steps", () => {
  const bad: StepSchedule[] = [0, -1, 2.5, NaN, "5:0", "0:5", "1.5:2"];
  for (const schedule of bad) {
    assert.throws(() => stepsOfTokens(schedule, 4), {
      name: "RangeError",
      message: `Cannot take ${schedule} solver steps: expected a whole ` +
        `number from 1 on, or two of them as first:last`,
    });
  }
});
