import assert from "node:assert/strict";
import { inOrder } from "../../../../lib/train/parallel/in_order.ts";

Deno.test("inOrder() starts in order and waits for none before the next", async () => {
  const readied = Array.from(
    { length: 3 },
    () => Promise.withResolvers<() => Promise<string>>(),
  );
  const ended = Array.from(
    { length: 3 },
    () => Promise.withResolvers<string>(),
  );
  const started: number[] = [];
  const all = inOrder(readied.map(({ promise }) => promise));
  const ready = (i: number) =>
    readied[i]!.resolve(() => {
      started.push(i);
      return ended[i]!.promise;
    });
  ready(2);
  ready(1);
  await Promise.resolve();
  assert.deepEqual(started, []);
  ready(0);
  ended[2]!.resolve("c");
  ended[1]!.resolve("b");
  ended[0]!.resolve("a");
  assert.deepEqual(await all, ["a", "b", "c"]);
  assert.deepEqual(started, [0, 1, 2]);
});

Deno.test("inOrder() tells what went wrong first, wherever", async () => {
  const fails = () => Promise.reject(new Error("Gone"));
  const late = Promise.resolve(() => new Promise<void>(() => {}));
  await assert.rejects(inOrder([late, Promise.resolve(fails)]), /Gone/);
  await assert.rejects(inOrder([fails(), late]), /Gone/);
});
