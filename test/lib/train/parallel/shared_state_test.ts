import assert from "node:assert/strict";
import { memoryGroup } from "../../../../lib/parallel/mod.ts";
import type { DeviceTensor, HostTensor } from "../../../../lib/tensor/mod.ts";
import { mapValues } from "../../../../lib/train/records.ts";
import { SharedState } from "../../../../lib/train/parallel/shared_state.ts";
import { Wire } from "../../../../lib/train/parallel/wire.ts";
import { numbers, WatchedEngine } from "./_watched_engine.ts";

/** A state: of weights all have a copy, of each moment one rank. */
const STATE: Readonly<Record<string, HostTensor>> = {
  w: numbers([1, 2, 3, 4], [2, 2]),
  m0: numbers([5, 6, 7, 8], [2, 2]),
  m1: numbers([9]),
  m2: numbers([10, 11]),
};
const NAMES = Object.keys(STATE);

/** The state, shared out among ranks. */
function shared(ranks: number) {
  const owners = new Map([["m0", 0], ["m1", 1], ["m2", ranks - 1]]);
  return Promise.all(
    memoryGroup(ranks).map(async (collective, rank) => {
      const engine = new WatchedEngine();
      const wire = await Wire.open(collective, engine);
      const kept: Record<string, DeviceTensor> = {};
      for (const [name, tensor] of Object.entries(STATE)) {
        const owner = owners.get(name);
        if (owner !== undefined && owner !== rank) continue;
        kept[name] = await engine.upload(tensor);
      }
      const shapes = mapValues(STATE, ({ shape }) => shape);
      const state = new SharedState(kept, { engine, wire, owners, shapes });
      return { engine, state, kept };
    }),
  );
}

for (const ranks of [2, 4]) {
  Deno.test(`read() gives the first of ${ranks} ranks all, in its order, and others nothing`, async () => {
    const all = await shared(ranks);
    const names = NAMES.toReversed();
    const found = await Promise.all(
      all.map(({ state }) => Array.fromAsync(state.read(names))),
    );
    assert.deepEqual(found[0], names.map((name) => [name, STATE[name]]));
    for (const [rank, own] of found.entries()) {
      assert.equal(all[rank]!.state.leads, rank === 0);
      if (rank > 0) assert.deepEqual(own, []);
    }
  });

  Deno.test(`borrow() lends the first of ${ranks} ranks what it lacks, for a while`, async () => {
    const all = await shared(ranks);
    const before = all.map(({ engine }) => [...engine.held]);
    const lent = await Promise.all(
      all.map(({ state }) => state.borrow(NAMES)),
    );
    const [first, ...others] = lent;
    const { engine } = all[0]!;
    for (const name of NAMES) {
      const found = await engine.download(first!.tensors[name]!);
      assert.deepEqual(found, STATE[name], name);
    }
    // What lies here is lent as it lies.
    assert.equal(first!.tensors.m0, all[0]!.kept.m0);
    for (const [i, { tensors }] of others.entries()) {
      assert.deepEqual(tensors, all[i + 1]!.kept);
    }
    for (const each of lent) each[Symbol.dispose]();
    assert.deepEqual(all.map(({ engine }) => [...engine.held]), before);
  });
}
