import assert from "node:assert/strict";
import type { MpiLibrary, Slot } from "../../../../lib/parallel/mpi/library.ts";
import type { Memory } from "../../../../lib/parallel/mpi/memory.ts";
import {
  type Movement,
  Transfer,
} from "../../../../lib/parallel/mpi/transfer.ts";

/** What was asked of a library that does nothing, in order. */
function started(
  movement: Movement,
  { rank = 0, count = 0 } = {},
): { readonly calls: readonly string[]; readonly tags: readonly number[] } {
  const calls: string[] = [];
  const tags: number[] = [];
  const note = ({ index }: Slot, call: string) => {
    // Each has a place of its own among the requests.
    assert.equal(index, calls.length);
    calls.push(call);
  };
  const text = ({ address, bytes }: Memory) => `${bytes} at ${address}`;
  const library: Partial<MpiLibrary> = {
    requests: (count) => new Uint8Array(count),
    send: (what, to, slot) => {
      tags.push(to.tag);
      note(slot, `send ${text(what)} to ${to.rank}`);
    },
    receive: (what, from, slot) => {
      tags.push(from.tag);
      note(slot, `receive ${text(what)} from ${from.rank}`);
    },
    broadcast: (what, root, slot) =>
      note(slot, `broadcast ${text(what)} of ${root}`),
    barrier: (slot) => note(slot, "barrier"),
    areDone: (requests) => requests.length === calls.length,
  };
  const transfer = new Transfer(library as MpiLibrary, movement, {
    rank,
    count,
  });
  assert(transfer.isDone(), "It asks for other requests than it has started");
  return { calls, tags };
}

/** A piece for each rank but this one: 10 bytes and the other's number. */
function toOthers(rank: number, size: number, address: bigint): Memory[][] {
  return Array.from(
    { length: size },
    (_, q) => q === rank ? [] : [{ address, bytes: 10 + q }],
  );
}

Deno.test("an exchange awaits before it sends, from its neighbour on", () => {
  const { calls, tags } = started({
    kind: "exchange",
    sends: toOthers(2, 4, 0n),
    receives: toOthers(2, 4, 100n),
  }, { rank: 2, count: 5 });
  assert.deepEqual(calls, [
    "receive 13 at 100 from 3",
    "receive 10 at 100 from 0",
    "receive 11 at 100 from 1",
    "send 13 at 0 to 3",
    "send 10 at 0 to 0",
    "send 11 at 0 to 1",
  ]);
  assert.equal(new Set(tags).size, 1);
});

Deno.test("transfers that overlap have tags of their own, which end below 32768", () => {
  const { sends, receives } = {
    sends: toOthers(0, 2, 0n),
    receives: toOthers(0, 2, 0n),
  };
  const tagOf = (count: number) =>
    started({ kind: "exchange", sends, receives }, { count }).tags[0]!;
  // A thousand from the first on, and about where the numbers begin anew.
  for (const first of [0, 31_900]) {
    const tags = Array.from({ length: 1000 }, (_, i) => tagOf(first + i));
    assert.equal(new Set(tags).size, 1000);
    // Heartbeats have the tag 1; every library allows 32767.
    assert(Math.min(...tags) > 1 && Math.max(...tags) <= 32_767);
  }
});

Deno.test("a message longer than C's int counts is cut, piece by piece", () => {
  const bytes = 2 ** 31 + 5;
  const large = { address: 7n, bytes };
  const small = { address: 3n, bytes: 2 };
  const pieces = [
    `${2 ** 30} at 7`,
    `${2 ** 30} at ${2 ** 30 + 7}`,
    `5 at ${2 ** 31 + 7}`,
  ];
  assert.deepEqual(
    started({ kind: "broadcast", data: large, root: 1 }).calls,
    pieces.map((piece) => `broadcast ${piece} of 1`),
  );
  const { calls } = started({
    kind: "exchange",
    sends: [[], [small, large]],
    receives: [[], [large, small]],
  });
  assert.deepEqual(calls, [
    ...[...pieces, "2 at 3"].map((piece) => `receive ${piece} from 1`),
    ...["2 at 3", ...pieces].map((piece) => `send ${piece} to 1`),
  ]);
});

Deno.test("what moves nothing starts nothing, but for a barrier", () => {
  const nothing = { address: 0n, bytes: 0 };
  const [sends, receives] = [[[], [nothing]], [[], []]];
  assert.deepEqual(started({ kind: "exchange", sends, receives }).calls, []);
  assert.deepEqual(
    started({ kind: "broadcast", data: nothing, root: 0 }).calls,
    [],
  );
  assert.deepEqual(started({ kind: "barrier" }).calls, ["barrier"]);
});
