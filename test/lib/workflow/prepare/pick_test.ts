import assert from "node:assert/strict";
import { pickRows } from "../../../../lib/workflow/prepare/mod.ts";

/** Six images of the first class, two of the second, one of the third. */
const SET = {
  labels: Int32Array.of(0, 0, 0, 1, 0, 2, 0, 1, 0),
  classes: ["a", "b", "c"],
};

function countsOf(rows: Uint32Array): number[] {
  return SET.classes.map((_, label) =>
    [...rows].filter((row) => SET.labels[row] === label).length
  );
}

Deno.test("pickRows() takes as many of every class, while it has them", () => {
  for (let seed = 0; seed < 20; seed++) {
    const pick = (count: number) => pickRows(SET, { count, seed });
    assert.deepEqual(countsOf(pick(3)), [1, 1, 1]);
    assert.deepEqual(countsOf(pick(5)), [2, 2, 1]);
    assert.deepEqual(countsOf(pick(7)), [4, 2, 1]);
    const all = pick(100);
    assert.deepEqual([...all], [0, 1, 2, 3, 4, 5, 6, 7, 8]);
    const some = [...pick(5)];
    assert.deepEqual(some, some.toSorted((a, b) => a - b));
    assert.equal(new Set(some).size, 5);
  }
});

Deno.test("pickRows() depends on the seed alone", () => {
  const rows = (seed: number) => [...pickRows(SET, { count: 3, seed })].join();
  assert.equal(rows(1), rows(1));
  const seen = new Set(Array.from({ length: 20 }, (_, seed) => rows(seed)));
  assert.ok(seen.size > 5, `${seen.size}`);
});

Deno.test("pickRows() refuses a set without images", () => {
  const empty = { labels: new Int32Array(0), classes: ["a"] };
  assert.throws(() => pickRows(empty, { count: 1, seed: 0 }), {
    name: "UserError",
    message: "Cannot pick images of a set that has none",
  });
});
