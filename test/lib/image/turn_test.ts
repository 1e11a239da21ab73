import assert from "node:assert/strict";
import { Turn } from "../../../lib/image/mod.ts";

Deno.test("Turn lets one in at a time, also after one that failed", async () => {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  // Two that share a cell are those of two threads.
  const turns = [new Turn(cell), new Turn(cell)];
  let [inside, most] = [0, 0];
  const results = await Promise.allSettled(
    Array.from({ length: 6 }, (_, i) =>
      turns[i % 2]!.take(async () => {
        most = Math.max(most, ++inside);
        await new Promise((resolve) => setTimeout(resolve, 2));
        inside--;
        if (i === 1) throw new Error("Broken");
        return i;
      })),
  );
  assert.equal(most, 1);
  assert.deepEqual(
    results.map((result) => result.status === "fulfilled"),
    [true, false, true, true, true, true],
  );
});
