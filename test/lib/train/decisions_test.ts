import assert from "node:assert/strict";
import { memoryGroup } from "../../../lib/parallel/mod.ts";
import {
  type Decision,
  Decisions,
  requireOneStart,
} from "../../../lib/train/decisions.ts";

const NEVER = 1e9;

/** What ranks decide after a step, by what is so on each. */
async function decided(
  own: readonly (Partial<Decision>)[],
): Promise<Decision[]> {
  const ranks = memoryGroup(own.length);
  return await Promise.all(own.map(async ({ save, stop }, rank) => {
    const controller = new AbortController();
    if (stop) controller.abort();
    const decisions = new Decisions({
      checkpointSeconds: save ? 0 : NEVER,
      signal: controller.signal,
      collective: ranks[rank]!,
    });
    return await decisions.afterStep();
  }));
}

Deno.test("Decisions of one process are its own, after the step", async () => {
  const controller = new AbortController();
  const rules = { checkpointSeconds: NEVER, signal: controller.signal };
  const decisions = new Decisions(rules);
  controller.abort();
  assert.deepEqual(await decisions.afterStep(), { save: false, stop: true });
  const often = new Decisions({ ...rules, checkpointSeconds: 0 });
  assert.equal((await often.afterStep()).save, true);
});

Deno.test("Decisions of ranks follow the first one's clock and any signal", async () => {
  const all = (one: Decision) => [one, one, one];
  assert.deepEqual(
    await decided([{}, { save: true }, { stop: true }]),
    all({ save: false, stop: true }),
  );
  assert.deepEqual(
    await decided([{ save: true }, {}, {}]),
    all({ save: true, stop: false }),
  );
});

Deno.test("requireOneStart() tells all ranks where they found different states", async () => {
  const start = (steps: readonly number[]) =>
    Promise.allSettled(
      memoryGroup(steps.length)
        .map((rank, i) => requireOneStart(rank, steps[i]!)),
    );
  const good = await start([7, 7, 7]);
  assert.ok(good.every(({ status }) => status === "fulfilled"));
  for (const result of await start([7, 7, 0])) {
    assert.ok(result.status === "rejected");
    assert.match(
      result.reason.message,
      /rank 0 found a state after 7 steps, rank 2 one after 0; expected a folder/,
    );
  }
});
