import assert from "node:assert/strict";
import fc from "fast-check";
import {
  broadcastShapes,
  broadcastStrides,
  input,
  normalizeAxes,
  normalizeAxis,
  reshape,
  stridesOf,
} from "../../../lib/tensor/mod.ts";
import { pairs } from "../../cases/layouts.ts";

Deno.test("broadcastShapes() stretches sizes of 1 and missing axes", () => {
  assert.deepEqual(broadcastShapes([2, 1], [3]), [2, 3]);
  assert.deepEqual(broadcastShapes([], [4]), [4]);
  assert.deepEqual(broadcastShapes([1], [0]), [0]);
  assert.deepEqual(broadcastShapes([0], [1]), [0]);
});

Deno.test("broadcastShapes() refuses sizes that differ", () => {
  const message =
    "Cannot broadcast: shapes must match or be 1, got [2,3] and [2]";
  assert.throws(() => broadcastShapes([2, 3], [2]), {
    name: "TypeError",
    message,
  });
  assert.throws(() => broadcastShapes([0], [2]), TypeError);
});

Deno.test("broadcastShapes() does not depend on the order of operands", () => {
  fc.assert(fc.property(pairs, ([a, b]) => {
    assert.deepEqual(broadcastShapes(a, b), broadcastShapes(b, a));
  }));
});

Deno.test("stridesOf() counts elements in row-major order", () => {
  assert.deepEqual(stridesOf([2, 3, 4]), [12, 4, 1]);
  assert.deepEqual(stridesOf([]), []);
});

Deno.test("broadcastStrides() is 0 on stretched axes", () => {
  assert.deepEqual(broadcastStrides([3, 1], [2, 3, 5]), [0, 1, 0]);
  assert.throws(
    () => broadcastStrides([3], [1]),
    { message: "Cannot broadcast shape [3] to [1]" },
  );
  assert.throws(() => broadcastStrides([2, 3], [3]), TypeError);
});

Deno.test("normalizeAxis() counts from either end and no further", () => {
  assert.equal(normalizeAxis(-1, 3), 2);
  assert.equal(normalizeAxis(0, 1), 0);
  for (const axis of [3, -4, 0.5, NaN]) {
    assert.throws(() => normalizeAxis(axis, 3), {
      name: "RangeError",
      message: `Axis must be an axis of rank 3, got ${axis}`,
    });
  }
});

Deno.test("normalizeAxes() sorts and refuses repeats", () => {
  assert.deepEqual(normalizeAxes([-1, 0], 3), [0, 2]);
  assert.throws(() => normalizeAxes([2, -1], 3), {
    name: "RangeError",
    message: "Axes must not repeat, got [2,-1]",
  });
});

Deno.test("reshape() fills in one size and refuses what does not fit", () => {
  const x = input("x", [2, 6]);
  assert.deepEqual(reshape(x, [3, -1]).shape, [3, 4]);
  assert.deepEqual(reshape(x, [-1]).shape, [12]);
  for (const shape of [[5], [5, -1], [-1, -1], [-2, -6], [2.5, -1]]) {
    assert.throws(() => reshape(x, shape), {
      name: "TypeError",
      message: `Cannot reshape [2,6] to [${shape}]`,
    });
  }
  assert.throws(() => reshape(input("y", [0]), [0, -1]), TypeError);
});
