import assert from "node:assert/strict";
import {
  AbortError,
  memoryGroup,
  singleCollective,
} from "../../../lib/parallel/mod.ts";

function bytes(...values: number[]): Uint8Array {
  return Uint8Array.from(values);
}

function rooms(...sizes: number[]): Uint8Array[] {
  return sizes.map((size) => new Uint8Array(size));
}

Deno.test("exchange() brings each rank what the others send it", async () => {
  const sent = [
    [[bytes(1)], [bytes(2), bytes(3)]],
    [[bytes(4, 5, 6)], []],
  ];
  const got = [[rooms(1), rooms(3)], [rooms(1, 1), []]];
  await Promise.all(
    memoryGroup(2).map((member, q) => member.exchange(sent[q]!, got[q]!)),
  );
  assert.deepEqual(got, [
    [[bytes(1)], [bytes(4, 5, 6)]],
    [[bytes(2), bytes(3)], []],
  ]);
});

Deno.test("gather() and broadcast() reach all ranks", async () => {
  const group = memoryGroup(3);
  const gathered = group.map(() => rooms(0, 1, 2));
  const data = [bytes(0), bytes(9), bytes(0)];
  await Promise.all(group.map(async (member, q) => {
    // The second call begins before the first ends.
    const first = member.gather(new Uint8Array(q).fill(q), gathered[q]!);
    await Promise.all([first, member.broadcast(data[q]!, 1)]);
  }));
  for (const all of gathered) {
    assert.deepEqual(all, [bytes(), bytes(1), bytes(2, 2)]);
  }
  assert.deepEqual(data, [bytes(9), bytes(9), bytes(9)]);
});

Deno.test("barrier() waits for all, and the time is counted", async () => {
  const [early, late] = memoryGroup(2);
  let passed = false;
  const waiting = early!.barrier().then(() => passed = true);
  await new Promise((done) => setTimeout(done, 20));
  assert.equal(passed, false);
  await late!.barrier();
  await waiting;
  assert(early!.waitedMs >= 15);
  assert(late!.waitedMs < early!.waitedMs);
});

Deno.test("one rank sends to itself alone", async () => {
  const single = singleCollective();
  const into = rooms(2);
  await single.gather(bytes(3, 4), into);
  assert.deepEqual(into, [bytes(3, 4)]);
  await single.broadcast(into[0]!, 0);
  assert.deepEqual([single.rank, single.size, into[0]], [0, 1, bytes(3, 4)]);
});

Deno.test("ranks that call different things are all refused", async () => {
  const [a, b] = memoryGroup(2);
  const message = /internal: rank 1 calls close where others call barrier/;
  await Promise.all([
    assert.rejects(a!.barrier(), message),
    assert.rejects(b!.close(), message),
  ]);
});

Deno.test("parts that do not fit are refused", async () => {
  const [a, b] = memoryGroup(2);
  const message = /rank 1 sends 2 bytes to rank 0, which expects 1/;
  await Promise.all([
    assert.rejects(a!.gather(bytes(1), rooms(1, 1)), message),
    assert.rejects(b!.gather(bytes(1, 2), rooms(1, 2)), message),
  ]);
  await assert.rejects(a!.gather(bytes(1), rooms(1)), TypeError);
  const [c, d] = memoryGroup(2);
  const pieces = /rank 0 sends 2 bytes to rank 1, which expects 1 \+ 1/;
  await Promise.all([
    assert.rejects(c!.exchange([[], [bytes(1, 2)]], [[], []]), pieces),
    assert.rejects(d!.exchange([[], []], [rooms(1, 1), []]), pieces),
  ]);
});

Deno.test("abort() ends what others wait for, and what they call later", async () => {
  const [a, b] = memoryGroup(2);
  const waiting = a!.barrier();
  await Promise.all([
    assert.rejects(waiting, new AbortError("Rank 1: no room on the disk")),
    assert.rejects(b!.abort("no room on the disk"), AbortError),
  ]);
  await assert.rejects(a!.barrier(), AbortError);
});
