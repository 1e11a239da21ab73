import assert from "node:assert/strict";
import { haveEnded, processesBelow } from "./processes.ts";

Deno.test("processesBelow() finds children of children, until they have ended", async () => {
  const child = new Deno.Command("sh", {
    args: ["-c", "sh -c 'read line; true'; true"],
    stdin: "piped",
  }).spawn();
  let below: readonly number[] = [];
  while (below.length < 1) {
    await new Promise((done) => setTimeout(done, 10));
    below = processesBelow(child.pid);
  }
  assert.ok(processesBelow(Deno.pid).includes(child.pid));
  assert.ok(processesBelow(Deno.pid).includes(below[0]!));
  await assert.rejects(haveEnded(below, 20), /are there after 20 ms$/);
  await child.stdin.close();
  await child.status;
  await haveEnded(below, 10_000);
  assert.deepEqual(processesBelow(child.pid), []);
});
