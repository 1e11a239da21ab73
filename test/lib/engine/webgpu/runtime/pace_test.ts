import assert from "node:assert/strict";
import { Pace } from "../../../../../lib/engine/webgpu/runtime/pace.ts";

/** A device that does one submission after another, by a clock of its own. */
function fakeDevice({ unitMs }: { unitMs: number }) {
  let time = 0;
  const queue: { work: number; end: () => void }[] = [];
  const pace = new Pace({ isSoftware: true, now: () => time });
  const submit = (work: number) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    queue.push({ work, end: resolve });
    pace.submitted(work, promise);
  };
  /** Does the oldest submission. */
  const finish = async () => {
    const { work, end } = queue.shift()!;
    time += work * unitMs;
    end();
    await new Promise((resume) => setTimeout(resume));
  };
  return { pace, submit, finish };
}

Deno.test("submissions grow on a fast device and shrink on a slow one", async () => {
  for (const unitMs of [0.002, 4]) {
    const { pace, submit, finish } = fakeDevice({ unitMs });
    for (let i = 0; i < 40; i++) {
      submit(pace.most);
      await finish();
    }
    const milliseconds = pace.most * unitMs;
    assert.ok(milliseconds > 20 && milliseconds <= 50, `${milliseconds} ms`);
  }
});

Deno.test("the host waits where the device is a tenth of a second behind, until half of it is done", async () => {
  const { pace, submit, finish } = fakeDevice({ unitMs: 0.5 });
  let submissions = 0;
  while (!pace.isFull()) {
    submit(40);
    submissions++;
  }
  assert.equal(submissions, 6);
  let caughtUp = false;
  const waiting = pace.catchUp().then(() => caughtUp = true);
  for (let i = 0; i < 3; i++) {
    assert.equal(caughtUp, false);
    await finish();
  }
  await finish();
  await waiting;
});

Deno.test("short submissions are counted", () => {
  const { pace, submit } = fakeDevice({ unitMs: 0.01 });
  for (let i = 0; i < 31; i++) submit(1);
  assert.equal(pace.isFull(), false);
  submit(1);
  assert.equal(pace.isFull(), true);
});

Deno.test("nobody waits for a device that is lost, or that has nothing to do", async () => {
  const pace = new Pace();
  assert.equal(pace.isFull(1e9), false);
  await pace.catchUp();
  const { promise, reject } = Promise.withResolvers<void>();
  pace.submitted(1e9, promise);
  assert.equal(pace.isFull(), true);
  const waiting = pace.catchUp();
  reject(new Error("The device is lost"));
  await waiting;
  assert.equal(pace.isFull(), false);
});
