import assert from "node:assert/strict";
import { growthOf } from "./growth.ts";

Deno.test("growthOf() compares medians of quarters", () => {
  const sizes = [5, 1, 3, 9, 9, 9, 9, 9, 70, 2, 4, 8];
  assert.deepEqual(growthOf(sizes), { first: 3, last: 4, largest: 70 });
  assert.deepEqual(growthOf([7]), { first: 7, last: 7, largest: 7 });
});
