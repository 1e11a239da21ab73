import assert from "node:assert/strict";
import { Ahead } from "../../../lib/train/mod.ts";

/** Makes numbers, and tells which were asked for. */
function making(to: number, bytes?: number) {
  const asked: number[] = [];
  const ahead = new Ahead({
    from: 3,
    to,
    make(number) {
      asked.push(number);
      return number === 6 ? Promise.reject(new Error("No six")) : 10 * number;
    },
    ...bytes !== undefined && { bytesOf: () => bytes },
  });
  return { ahead, asked };
}

Deno.test("Ahead makes two more while one is in use, in their order, up to the last", async () => {
  const { ahead, asked } = making(6);
  assert.equal(await ahead.take(), 30);
  assert.deepEqual(asked, [3]);
  ahead.prepare();
  assert.deepEqual(asked, [3, 4, 5]);
  assert.equal(await ahead.take(), 40);
  ahead.prepare();
  assert.equal(await ahead.take(), 50);
  ahead.prepare();
  assert.deepEqual(asked, [3, 4, 5]);
});

Deno.test("Ahead makes one more where each takes much memory", async () => {
  const { ahead, asked } = making(9, 2 ** 28);
  await ahead.take();
  ahead.prepare();
  assert.deepEqual(asked, [3, 4]);
});

Deno.test("Ahead throws what went wrong to whom it concerns", async () => {
  const { ahead, asked } = making(9);
  for (const wanted of [30, 40, 50]) {
    assert.equal(await ahead.take(), wanted);
    ahead.prepare();
  }
  assert.deepEqual(asked, [3, 4, 5, 6, 7]);
  // Known before it is taken, and no rejection that nobody handles.
  await new Promise((resolve) => setTimeout(resolve, 1));
  await assert.rejects(ahead.take(), /No six/);
});

Deno.test("Ahead makes things anew of those that were given back", async () => {
  const made: [number, string | undefined][] = [];
  const ahead = new Ahead<string>({
    from: 0,
    to: 6,
    make(number, used) {
      made.push([number, used]);
      return `${number}`;
    },
  });
  for (let i = 0; i < 6; i++) {
    const taken = await ahead.take();
    ahead.prepare();
    ahead.giveBack(taken);
  }
  assert.deepEqual(made, [
    ...[[0, undefined], [1, undefined], [2, undefined]],
    ...[[3, "0"], [4, "1"], [5, "2"]],
  ]);
});

Deno.test("Ahead tells the share of the time that was spent waiting", async () => {
  const pause = (ms: number) =>
    new Promise((resolve) => setTimeout(resolve, ms));
  const slow = new Ahead({ from: 0, to: 3, make: () => pause(40) });
  await slow.take();
  assert.ok(slow.waited > 0.8, `${slow.waited}`);
  slow.prepare();
  await pause(120);
  await slow.take();
  assert.ok(slow.waited < 0.5, `${slow.waited}`);
});
