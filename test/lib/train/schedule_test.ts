import assert from "node:assert/strict";
import fc from "fast-check";
import { averageDecay, learningRate } from "../../../lib/train/mod.ts";

const SCHEDULE = { peak: 2, min: 0.5, warmup: 4, decayStart: 10, total: 20 };

function assertNear(found: number, expected: number): void {
  if (!(Math.abs(found - expected) <= 1e-12)) {
    assert.fail(`got ${found}, expected ${expected}`);
  }
}

Deno.test("learningRate() warms up in a line from 0", () => {
  const rates = [0, 1, 2, 3, 4].map((step) => learningRate(step, SCHEDULE));
  assert.deepEqual(rates, [0, 0.5, 1, 1.5, 2]);
});

Deno.test("learningRate() is constant until its cosine starts", () => {
  for (const step of [4, 7, 9, 10]) {
    assert.equal(learningRate(step, SCHEDULE), 2);
  }
});

Deno.test("learningRate() falls along half a cosine to its least", () => {
  assertNear(learningRate(15, SCHEDULE), 1.25);
  assertNear(learningRate(20, SCHEDULE), 0.5);
  // A quarter of the way down: (1 + cos 45 degrees) / 2 of the range.
  const quarter = learningRate(12.5, SCHEDULE);
  assertNear(quarter, 0.5 + 1.5 * (1 + Math.SQRT1_2) / 2);
});

Deno.test("learningRate() starts its cosine at the peak exactly", () => {
  // 0.3 + (0.9 - 0.3) is 0.9 + 1.1e-16.
  const schedule = { ...SCHEDULE, peak: 0.9, min: 0.3 };
  assert.equal(learningRate(10, schedule), 0.9);
});

Deno.test("learningRate() stays constant where no cosine is asked for", () => {
  for (const decayStart of [0, 20]) {
    const schedule = { ...SCHEDULE, decayStart };
    assert.equal(learningRate(19, schedule), 2);
  }
});

Deno.test("learningRate() stays between its least and its peak, and never rises again", () => {
  fc.assert(fc.property(
    fc.record({
      warmup: fc.nat(20),
      hold: fc.nat(20),
      fall: fc.integer({ min: 1, max: 50 }),
      peak: fc.double({ min: 1e-6, max: 1, noNaN: true }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    ({ warmup, hold, fall, peak, share }) => {
      const decayStart = warmup + hold;
      const schedule = {
        peak,
        min: share * peak,
        warmup,
        decayStart,
        total: decayStart + fall,
      };
      let before = Infinity;
      for (let step = warmup; step < schedule.total; step++) {
        const rate = learningRate(step, schedule);
        assert.ok(rate <= before && rate >= schedule.min * (1 - 1e-12));
        before = rate;
      }
    },
  ));
});

Deno.test("averageDecay() rises to its decay where it warms up", () => {
  const ramp = { decay: 0.9, ramp: true };
  assert.equal(averageDecay(0, ramp), 0.1);
  assert.equal(averageDecay(8, ramp), 0.5);
  assert.equal(averageDecay(1000, ramp), 0.9);
  assert.equal(averageDecay(0, { decay: 0.9, ramp: false }), 0.9);
});
