import assert from "node:assert/strict";
import { NameColumn, NumberColumn } from "../../../lib/container/mod.ts";

Deno.test("NumberColumn grows and keeps what is in it", () => {
  const column = new NumberColumn((n) => new Float64Array(n));
  for (let i = 0; i < 5000; i++) column.push(i * 2 ** 40);
  assert.equal(column.length, 5000);
  column.set(0, -1);
  assert.deepEqual([0, 1, 4999].map((i) => column.at(i)), [
    -1,
    2 ** 40,
    4999 * 2 ** 40,
  ]);
});

Deno.test("NameColumn gives back names of any characters and length", () => {
  const column = new NameColumn();
  const names = ["", "a", "ä€😀", "x".repeat(100_000), "last"];
  for (const name of names) column.push(name);
  assert.equal(column.length, names.length);
  assert.deepEqual([...names.keys()].map((i) => column.at(i)), names);
});

Deno.test("NameColumn compares by bytes", () => {
  const column = new NameColumn();
  const names = ["b", "a", "ab", "ä", "z", "b"];
  for (const name of names) column.push(name);
  const order = [...names.keys()].sort((a, b) => column.compare(a, b) || a - b);
  assert.deepEqual(order.map((i) => names[i]), ["a", "ab", "b", "b", "z", "ä"]);
  assert.equal(column.compare(0, 5), 0);
});
