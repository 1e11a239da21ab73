import assert from "node:assert/strict";
import { PulseWatch, startPulse } from "../../../../lib/parallel/mpi/pulse.ts";
import { TestClock } from "../_clock.ts";
import { TestTimers } from "../_timers.ts";

const MINUTE_MS = 60_000;

Deno.test("isWell() misses a thread that has not turned for five minutes", () => {
  using time = new TestClock();
  const pulse = new Int32Array(new SharedArrayBuffer(4));
  const watch = new PulseWatch(pulse);
  assert.equal(watch.isWell(), true);
  time.nowMs = 4.9 * MINUTE_MS;
  assert.equal(watch.isWell(), true);
  Atomics.add(pulse, 0, 1);
  assert.equal(watch.isWell(), true);
  time.nowMs = 9.8 * MINUTE_MS;
  assert.equal(watch.isWell(), true);
  time.nowMs = 10 * MINUTE_MS;
  assert.equal(watch.isWell(), false);
  // It was only slow.
  Atomics.add(pulse, 0, 1);
  assert.equal(watch.isWell(), true);
});

Deno.test("startPulse() beats at every turn of its timer", () => {
  using timers = new TestTimers();
  const pulse = startPulse();
  const counts = [0, 1, 2].map(() => {
    const count = Atomics.load(pulse, 0);
    timers.turn();
    return count;
  });
  assert.deepEqual(counts, [0, 1, 2]);
});
