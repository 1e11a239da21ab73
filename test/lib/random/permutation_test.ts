import assert from "node:assert/strict";
import { Permutation } from "../../../lib/random/mod.ts";

function orderOf(count: number, { seed = 1, stream = "a", step = 0 } = {}) {
  const order = new Permutation(count, { seed, stream, step });
  return Array.from({ length: count }, (_, place) => order.at(place));
}

Deno.test("Permutation is one, of any count", () => {
  for (const count of [1, 2, 3, 5, 16, 17, 63, 64, 65, 1000, 4097]) {
    const sorted = orderOf(count).sort((a, b) => a - b);
    assert.deepEqual(sorted, Array.from({ length: count }, (_, i) => i));
  }
});

Deno.test("Permutation depends on seed, stream and step", () => {
  const order = orderOf(50);
  assert.deepEqual(orderOf(50), order);
  for (const other of [{ seed: 2 }, { stream: "b" }, { step: 1 }]) {
    assert.notDeepEqual(orderOf(50, other), order);
  }
});

Deno.test("Permutation's bytes stay what they were", () => {
  // Recorded: trainings go on in the same order after an update.
  assert.deepEqual(orderOf(8), [0, 6, 3, 1, 2, 7, 4, 5]);
});

Deno.test("Permutation sends every place everywhere equally often", () => {
  // All 120 orders of five, over many steps: a test of fit.
  const steps = 12_000;
  const counts = new Map<string, number>();
  for (let step = 0; step < steps; step++) {
    const order = orderOf(5, { step }).join();
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  assert.equal(counts.size, 120);
  const expected = steps / 120;
  const chi = [...counts.values()]
    .reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  // 119 degrees of freedom: mean 119, deviation 15.4.
  assert.ok(chi > 119 - 5 * 15.4 && chi < 119 + 5 * 15.4, `${chi}`);
});

Deno.test("Permutation of more than memory holds is computed place by place", () => {
  const order = new Permutation(2 ** 32, { seed: 3, stream: "a" });
  const seen = new Set<number>();
  for (let i = 0; i < 1000; i++) seen.add(order.at(2 ** 32 - 1 - i));
  assert.equal(seen.size, 1000);
  assert.ok([...seen].every((k) => Number.isInteger(k) && k < 2 ** 32));
});

Deno.test("Permutation refuses counts and places out of range", () => {
  const of = (count: number) =>
    new Permutation(count, { seed: 0, stream: "a" });
  for (const count of [0, 1.5, NaN, 2 ** 32 + 1]) {
    assert.throws(() => of(count), /expected 1 to 2\^32/);
  }
  for (const place of [-1, 3, 0.5]) {
    assert.throws(() => of(3).at(place), /expected 0 to 2/);
  }
});
