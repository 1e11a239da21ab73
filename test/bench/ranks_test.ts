import assert from "node:assert/strict";
import { stepSeconds } from "../../bench/ranks/step_seconds.ts";

Deno.test("stepSeconds() is the middle of the times between steps, but for the first", () => {
  const times = [0, 50, 60, 100, 101, 103, 104, 105];
  const lines = times.map((time, step) => JSON.stringify({ step, time }));
  assert.equal(stepSeconds(`${lines.join("\n")}\n`), 1);
});
