import assert from "node:assert/strict";
import { CENTRE, WHITE } from "../../../../../lib/image/mod.ts";
import { DecodingPool } from "../../../../../lib/workflow/sets/decoding/pool.ts";

const CANVAS = { size: 1, background: WHITE };

function task(name: string) {
  return {
    name,
    source: () => Promise.resolve(new Uint8Array(1)),
    crops: [CENTRE],
    take() {},
  };
}

Deno.test("a worker that dies ends its pool with the name of the picture", async () => {
  const pool = new DecodingPool({
    canvas: CANVAS,
    workers: 1,
    module: new URL("./_dying_worker.ts", import.meta.url),
  });
  const results = await Promise.allSettled(
    ["a", "b", "c", "d", "e", "f"].map((name) => pool.run(task(name))),
  );
  const reasons = results.map((result) =>
    result.status === "rejected" ? String(result.reason) : "done"
  );
  assert.deepEqual(reasons.slice(0, 2), ["done", "done"]);
  for (const reason of reasons.slice(2)) {
    assert.match(reason, /failed at "c" or "d": .*Out of luck/);
  }
  await assert.rejects(pool.run(task("g")), /Out of luck/);
  pool.close();
});

Deno.test("a pool that is closed leaves nothing waiting", async () => {
  const pool = new DecodingPool({ canvas: CANVAS, workers: 2 });
  const running = Promise.allSettled(
    ["a", "b", "c", "d", "e", "f"].map((name) => pool.run(task(name))),
  );
  pool.close();
  for (const { status } of await running) assert.equal(status, "rejected");
  await assert.rejects(pool.run(task("g")), /closed/);
});
