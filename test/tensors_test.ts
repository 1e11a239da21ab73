import assert from "node:assert/strict";
import { bool, f32, f64, i32 } from "./cases/values.ts";
import { assertClose, compareTensors } from "./tensors.ts";

const TOLERANCE = { tolerance: 1e-3 };

Deno.test("compareTensors() measures the error by the largest magnitude", () => {
  const expected = f64([2, 2], [100, 1, 0, -200]);
  const actual = f32([2, 2], [100, 1.5, 0, -200]);
  const found = compareTensors(actual, expected, { tolerance: 0.0025 });
  assert.deepEqual(found, {
    ok: true,
    error: 0.0025,
    index: [0, 1],
    actual: 1.5,
    expected: 1,
    problem: "",
  });
  assert.equal(compareTensors(actual, expected, TOLERANCE).ok, false);
});

Deno.test("compareTensors() takes errors as absolute below the floor", () => {
  const [actual, expected] = [f32([1], [1e-4]), f64([1], [0])];
  assert.equal(compareTensors(actual, expected, TOLERANCE).ok, false);
  const options = { ...TOLERANCE, floor: 1 };
  assert.equal(compareTensors(actual, expected, options).ok, true);
});

Deno.test("compareTensors() fails on NaN wherever it is", () => {
  const [numbers, nan] = [f32([3], [1, 2, 3]), f32([3], [1, NaN, 3])];
  for (const [a, b] of [[numbers, nan], [nan, numbers], [nan, nan]] as const) {
    const found = compareTensors(a, b, { tolerance: Infinity });
    assert.equal(found.ok, false);
    assert.deepEqual(found.index, [1]);
  }
});

Deno.test("compareTensors() accepts equal infinities and NaN when told", () => {
  const expected = f64([3], [NaN, Infinity, -Infinity]);
  const options = { ...TOLERANCE, nonFinite: true };
  assert.ok(compareTensors(expected, expected, options).ok);
  assert.ok(!compareTensors(expected, expected, TOLERANCE).ok);
  const turned = f32([3], [NaN, -Infinity, -Infinity]);
  assert.ok(!compareTensors(turned, expected, options).ok);
  const finite = f32([3], [NaN, 1, -Infinity]);
  assert.ok(!compareTensors(finite, expected, options).ok);
  assert.ok(!compareTensors(expected, finite, options).ok);
});

Deno.test("compareTensors() requires integers, shapes and kinds to be equal", () => {
  const loose = { tolerance: 10 };
  assert.ok(!compareTensors(i32([1], [1000]), i32([1], [1001]), loose).ok);
  assert.ok(!compareTensors(f32([1], [0]), f32([], [0]), loose).ok);
  assert.ok(!compareTensors(f32([1], [0]), i32([1], [0]), loose).ok);
  assert.ok(!compareTensors(bool([1], [0]), i32([1], [0]), loose).ok);
  assert.ok(compareTensors(f32([0, 2], []), f64([0, 2], []), loose).ok);
});

Deno.test("assertClose() names the index, both values and the tolerance", () => {
  assert.throws(
    () =>
      assertClose(f32([1, 2], [1, 3]), f64([1, 2], [1, 2]), {
        what: "y",
        tolerance: 0.25,
      }),
    {
      message: "y: at [0,1] got 3, expected 2; error 0.5 of the largest " +
        "magnitude, tolerance 0.25",
    },
  );
});
