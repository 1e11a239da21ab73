import assert from "node:assert/strict";
import { input, type Node } from "../../../../lib/tensor/mod.ts";
import {
  bucketsOf,
  isEmpty,
  unitsOf,
} from "../../../../lib/train/parallel/buckets.ts";

/** Leaves of two players, of sizes 1, 2, .. */
function leavesOf(
  counts: Readonly<Record<string, number>>,
): Record<string, Record<string, Node<"input">>> {
  const players = Object.entries(counts).map(([player, count]) => {
    const own = Array.from(
      { length: count },
      (_, i) => [`w${i}`, input(`${player}/w${i}`, [i + 1])] as const,
    );
    return [player, Object.fromEntries(own)] as const;
  });
  return Object.fromEntries(players);
}

const LEAVES = leavesOf({ a: 20, b: 5 });

Deno.test("unitsOf() puts each weight in one unit, by the parts alone", () => {
  const units = unitsOf(LEAVES, { parts: 4 });
  assert.equal(units.length, 8);
  const names = units.flatMap(({ byGradient }) => Object.keys(byGradient));
  assert.equal(names.length, 25);
  assert.equal(new Set(names).size, 25);
  assert.deepEqual(unitsOf(LEAVES, { parts: 4 }), units);
});

for (const ranks of [1, 2, 4]) {
  Deno.test(`bucketsOf() gives ${ranks} ranks shares of about one size`, () => {
    const units = unitsOf(LEAVES, { parts: 4 });
    const buckets = bucketsOf(units, { ranks, lanes: 2 });
    assert.equal(buckets.length, ranks);
    const found = buckets.flatMap((own) => own.flatMap(({ units }) => units));
    assert.deepEqual(
      found.map(({ index }) => index).sort((a, b) => a - b),
      units.map(({ index }) => index),
    );
    const sizes = buckets.map((own) =>
      own.flatMap(({ byGradient }) => Object.values(byGradient))
        .reduce((sum, { shape }) => sum + shape[0]!, 0)
    );
    assert.equal(sizes.reduce((a, b) => a + b), 210 + 15);
    assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 20, `${sizes}`);
    assert.equal(new Set(buckets.map(({ length }) => length)).size, 1);
  });
}

Deno.test("bucketsOf() leaves ranks without weights where there are few", () => {
  const units = unitsOf(leavesOf({ a: 3 }), { parts: 8 });
  const buckets = bucketsOf(units, { ranks: 8, lanes: 1 });
  const empty = buckets.filter((own) => own.every(isEmpty));
  assert.equal(empty.length, 5);
});

/** Leaves of one player, each of half a million elements; nothing holds them. */
function halfMillions(
  count: number,
): Record<string, Record<string, Node<"input">>> {
  const own = Array.from(
    { length: count },
    (_, i) => [`w${i}`, input(`a/w${i}`, [2 ** 19])] as const,
  );
  return { a: Object.fromEntries(own) };
}

Deno.test("units and buckets are of about a million elements where weights are large", () => {
  const units = unitsOf(halfMillions(12), { parts: 2 });
  assert.equal(units.length, 6);
  for (const [ranks, count] of [[2, 3], [1, 2]] as const) {
    const buckets = bucketsOf(units, { ranks, lanes: 2 });
    // What one rank alone has does not travel: a bucket for each lane.
    assert.deepEqual(
      buckets.map(({ length }) => length),
      Array(ranks).fill(count),
    );
  }
  const small = unitsOf(halfMillions(16), { parts: 8 });
  const counts = [2, 4].map((ranks) =>
    bucketsOf(small, { ranks, lanes: 1 })[0]!.length
  );
  assert.deepEqual([small.length, ...counts], [16, 4, 2]);
  // Of very many weights 16 units a part.
  assert.equal(unitsOf(halfMillions(100), { parts: 2 }).length, 32);
});
