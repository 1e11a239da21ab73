import assert from "node:assert/strict";
import { WaitClock } from "../../../lib/parallel/mod.ts";
import { TestClock } from "./_clock.ts";

Deno.test("WaitClock counts once what several wait for together", async () => {
  using time = new TestClock();
  const clock = new WaitClock();
  const [a, b] = [0, 1].map(() => Promise.withResolvers<string>());
  time.nowMs = 100;
  const first = clock.during(a!.promise);
  time.nowMs = 110;
  const second = clock.during(b!.promise);
  time.nowMs = 130;
  assert.equal(clock.totalMs, 30);
  a!.resolve("done");
  assert.equal(await first, "done");
  time.nowMs = 150;
  b!.resolve("done");
  await second;
  time.nowMs = 900;
  assert.equal(clock.totalMs, 50);
});

Deno.test("WaitClock stops at what fails, and goes on with the next", async () => {
  using time = new TestClock();
  const clock = new WaitClock();
  const fails = Promise.withResolvers<void>();
  const failing = clock.during(fails.promise);
  time.nowMs = 5;
  fails.reject(new Error("Gone"));
  await assert.rejects(failing, /Gone/);
  time.nowMs = 100;
  assert.equal(clock.totalMs, 5);
  const next = clock.during(Promise.resolve());
  time.nowMs = 102;
  await next;
  assert.equal(clock.totalMs, 7);
});
