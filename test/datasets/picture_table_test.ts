import assert from "node:assert/strict";
import { PictureTable } from "../../datasets/picture_table.ts";

function tableOf(rows: readonly (readonly [number, string])[]): PictureTable {
  const table = new PictureTable();
  for (const [i, [label, id]] of rows.entries()) {
    table.add({ container: i, offset: i * 2 ** 40, length: i * 7, label, id });
  }
  return table;
}

Deno.test("PictureTable gives rows in the order in which they came", () => {
  const table = tableOf([[1, "b"], [0, "a"]]);
  assert.equal(table.count, 2);
  assert.deepEqual(table.at(1), {
    container: 1,
    offset: 2 ** 40,
    length: 7,
    label: 0,
    id: "a",
  });
  for (const index of [-1, 2, 0.5, NaN]) {
    assert.throws(() => table.at(index), RangeError);
  }
});

Deno.test("PictureTable sorts by the labels that classes get, then by id", () => {
  const table = tableOf([[0, "z"], [1, "b"], [2, "m"], [1, "a"], [0, "é"]]);
  table.sort([2, 0, 1]);
  const indices = [...Array(table.count).keys()];
  assert.deepEqual(indices.map((i) => [table.label(i), table.id(i)]), [
    [0, "a"],
    [0, "b"],
    [1, "m"],
    [2, "z"],
    [2, "é"],
  ]);
  assert.deepEqual(indices.map((i) => table.at(i).container), [3, 1, 2, 0, 4]);
});
