import assert from "node:assert/strict";
import {
  allReduce,
  evenSlices,
  memoryGroup,
  sumInTree,
} from "../../../lib/parallel/mod.ts";

Deno.test("allReduce() leaves the sum of all ranks with each", async () => {
  for (const size of [1, 2, 3, 5]) {
    const values = Array.from(
      { length: size },
      (_, rank) => Float32Array.from({ length: 7 }, (_, i) => 10 ** rank * i),
    );
    const group = memoryGroup(size);
    await Promise.all(group.map((member, q) => allReduce(member, values[q]!)));
    const ones = Number("1".repeat(size));
    for (const sum of values) {
      assert.deepEqual([...sum], [0, 1, 2, 3, 4, 5, 6].map((i) => ones * i));
    }
  }
});

Deno.test("sums are those of pairs, then of pairs of pairs", async () => {
  // In f32, 1 is lost beside 2^25 but not beside itself.
  const big = 2 ** 25;
  const terms = () =>
    [[1], [1], [big], [-big]].map((x) => Float32Array.of(...x));
  assert.deepEqual([...sumInTree(terms())], [2]);
  assert.deepEqual([...sumInTree([2, 0, 1, 3].map((i) => terms()[i]!))], [0]);
  const values = terms();
  const group = memoryGroup(4);
  await Promise.all(group.map((member, q) => allReduce(member, values[q]!)));
  for (const sum of values) assert.deepEqual([...sum], [2]);
});

Deno.test("sums of aligned groups are sums within the tree of all", () => {
  const terms = Array.from(
    { length: 8 },
    (_, i) => Float32Array.of(1 / (i + 3), Math.PI ** i),
  );
  const copy = (from: number, to: number) =>
    terms.slice(from, to).map((term) => term.slice());
  const whole = sumInTree(copy(0, 8));
  for (const ranks of [2, 4]) {
    const each = 8 / ranks;
    const partial = Array.from(
      { length: ranks },
      (_, q) => sumInTree(copy(q * each, (q + 1) * each)),
    );
    assert.deepEqual(sumInTree(partial), whole);
  }
});

Deno.test("evenSlices() cuts a length without gaps", () => {
  assert.deepEqual(evenSlices(7, 3), [[0, 2], [2, 4], [4, 7]]);
  assert.deepEqual(evenSlices(1, 2), [[0, 0], [0, 1]]);
});
