import assert from "node:assert/strict";
import { memoryGroup } from "../../../../lib/parallel/mod.ts";
import type { DeviceTensor } from "../../../../lib/tensor/mod.ts";
import { swap } from "../../../../lib/train/parallel/swap.ts";
import { Wire } from "../../../../lib/train/parallel/wire.ts";
import { numbers, WatchedEngine } from "./_watched_engine.ts";

/** Ranks with an engine each. */
function ranksOf(count: number) {
  return Promise.all(
    memoryGroup(count).map(async (collective) => {
      const engine = new WatchedEngine();
      return { engine, wire: await Wire.open(collective, engine) };
    }),
  );
}

for (const count of [2, 4]) {
  Deno.test(`swap() brings ${count} ranks their tensors, and reads each once`, async () => {
    const ranks = await ranksOf(count);
    const all = await Promise.all(ranks.map(async (context, rank) => {
      const { engine } = context;
      const upload = (...values: number[]) => engine.upload(numbers(values));
      const forAll = await upload(rank, rank + 0.5);
      const others = (of: (q: number) => Promise<DeviceTensor[]>) =>
        Promise.all(ranks.map((_, q) => q === rank ? [] : of(q)));
      const sent = await others(async (to) => [
        forAll,
        await upload(10 * rank + to),
      ]);
      const received = await others(async () => [
        await upload(-1, -1),
        await upload(-1),
      ]);
      return { context, sent, received };
    }));
    for (const { engine } of ranks) engine.reads.length = 0;
    await Promise.all(
      all.map(({ context, sent, received }) => swap(context, sent, received)),
    );
    for (const [rank, { context: { engine }, received }] of all.entries()) {
      const [read, ...more] = engine.reads;
      assert.deepEqual([new Set(read).size, read!.length], [count, count]);
      assert.equal(more.length, 0);
      for (const [from, [shared, own]] of received.entries()) {
        if (from === rank) continue;
        assert.deepEqual(
          await engine.download(shared!),
          numbers([from, from + 0.5]),
        );
        assert.deepEqual(
          await engine.download(own!),
          numbers([10 * from + rank]),
        );
      }
    }
  });
}

Deno.test("swap() of one rank asks its engine for nothing", async () => {
  const [context] = await ranksOf(1);
  context!.engine.reads.length = 0;
  await swap(context!, [[]], [[]]);
  assert.equal(context!.engine.reads.length, 0);
});
