import assert from "node:assert/strict";
import {
  broadcastJson,
  gatherJson,
  memoryGroup,
  onAnyRank,
} from "../../../lib/parallel/mod.ts";

Deno.test("broadcastJson() gives all ranks the root's value", async () => {
  const values = [undefined, { name: "übung", steps: [1, 2] }, undefined];
  const got = await Promise.all(
    memoryGroup(3).map((rank, q) => broadcastJson(rank, values[q], 1)),
  );
  assert.deepEqual(got, [values[1], values[1], values[1]]);
  const [nothing] = await Promise.all(
    memoryGroup(1).map((rank) => broadcastJson(rank, null)),
  );
  assert.equal(nothing, null);
});

Deno.test("gatherJson() gives all ranks everyone's value", async () => {
  const values = ["a", { long: "ü".repeat(50) }, null];
  const got = await Promise.all(
    memoryGroup(3).map((rank, q) => gatherJson(rank, values[q])),
  );
  assert.deepEqual(got, [values, values, values]);
});

Deno.test("onAnyRank() is true for all where it is for one", async () => {
  for (const one of [[false, true, false], [false, false, false], [true]]) {
    const got = await Promise.all(
      memoryGroup(one.length).map((rank, q) => onAnyRank(rank, one[q]!)),
    );
    assert.deepEqual(got, one.map(() => one.includes(true)));
  }
});
