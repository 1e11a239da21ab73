import assert from "node:assert/strict";
import { constant, type HostTensor } from "../../../../lib/tensor/mod.ts";
import { mapValues } from "../../../../lib/train/records.ts";
import {
  flatSize,
  flatten,
  unflatten,
} from "../../../../lib/train/parallel/flat.ts";
import { evaluate } from "../../model/_models.ts";
import { numbers } from "./_watched_engine.ts";

/** A matrix, a scalar, nothing at all and a vector. */
const TENSORS: Readonly<Record<string, HostTensor>> = {
  w: numbers([1, 2, 3, 4, 5, 6], [2, 3]),
  s: numbers([7], []),
  none: numbers([], [0, 2]),
  b: numbers([8, 9, 10]),
};
const SHAPES = mapValues(TENSORS, ({ shape }) => shape);

function flat() {
  return flatten(Object.values(TENSORS).map((tensor) => constant(tensor)));
}

Deno.test("flatten() lays tensors end to end, in their order", async () => {
  const { found } = await evaluate({ found: flat() });
  assert.deepEqual(found!.shape, [flatSize(SHAPES)]);
  assert.deepEqual([...found!.data], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

Deno.test("unflatten() finds each tensor again", async () => {
  assert.deepEqual(await evaluate(unflatten(flat(), SHAPES)), TENSORS);
});
