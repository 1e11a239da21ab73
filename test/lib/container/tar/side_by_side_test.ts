import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { sideBySide } from "../../../../lib/container/tar/side_by_side.ts";

/** Items that take their own number of milliseconds; those below 0 fail. */
async function run(items: readonly number[], most = 3) {
  const taken: number[] = [];
  let open = 0, atOnce = 0, mostAtOnce = 0, started = 0;
  const work = sideBySide(items, {
    most,
    open: () => Promise.resolve(++open),
    close: () => open--,
    async run(item) {
      started++;
      mostAtOnce = Math.max(mostAtOnce, ++atOnce);
      await delay(Math.abs(item));
      atOnce--;
      if (item < 0) throw new Error(`${item}`);
      return item;
    },
    done: (item) => taken.push(item),
  });
  const message = await work.then(() => "", (error) => error.message);
  assert.equal(open, 0);
  return { taken, message, mostAtOnce, started };
}

Deno.test("sideBySide() takes results in their order", async () => {
  const items = [30, 1, 20, 2, 1, 10, 3];
  assert.deepEqual(await run(items), {
    taken: items,
    message: "",
    mostAtOnce: 3,
    started: 7,
  });
  assert.deepEqual((await run([])).taken, []);
  assert.equal((await run(items, 1)).mostAtOnce, 1);
});

Deno.test("sideBySide() throws the first item's error, and begins nothing more", async () => {
  const { taken, message, started } = await run([1, -40, -2, 1, 1, 1, 1, 1]);
  assert.equal(message, "-40");
  assert.deepEqual(taken, [1]);
  assert.ok(started < 8, `${started}`);
});

Deno.test("sideBySide() stops where a result cannot be taken", async () => {
  let started = 0;
  await assert.rejects(
    sideBySide([...Array(100).keys()], {
      most: 2,
      open: () => Promise.resolve(),
      close() {},
      async run(item) {
        started++;
        await delay(1);
        return item;
      },
      done(item) {
        if (item === 3) throw new Error("No");
      },
    }),
    /^Error: No$/,
  );
  assert.ok(started < 10, `${started}`);
});
