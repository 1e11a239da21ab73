import assert from "node:assert/strict";
import { clipFactor, gradientNorm } from "../../../lib/train/mod.ts";
import { constantArray, scalar } from "../../../lib/tensor/mod.ts";
import { evaluate } from "../model/_models.ts";

function assertNear(found: number, expected: number, tolerance = 1e-9): void {
  if (!(Math.abs(found - expected) <= tolerance * Math.abs(expected))) {
    assert.fail(`got ${found}, expected ${expected}`);
  }
}

Deno.test("gradientNorm() is of all gradients together", async () => {
  const norm = gradientNorm([
    constantArray([2], [3, 0]),
    constantArray([1, 1], [-4]),
  ]);
  const found = await evaluate({ norm });
  assertNear(found.norm.data[0]!, 5);
});

Deno.test("clipFactor() brings large norms down and leaves small ones", async () => {
  const found = await evaluate({
    large: clipFactor(scalar(5), 2),
    small: clipFactor(scalar(0.5), 2),
    none: clipFactor(scalar(0), 2),
  });
  assertNear(found.large.data[0]!, 0.4, 1e-6);
  assert.equal(found.small.data[0], 1);
  assert.equal(found.none.data[0], 1);
});
