import assert from "node:assert/strict";
import { adamW } from "../../../lib/train/mod.ts";
import { constantArray, scalar } from "../../../lib/tensor/mod.ts";
import { evaluate } from "../model/_models.ts";

const NUMBERS = { beta1: 0.9, beta2: 0.95, weightDecay: 0.1 };

function assertNear(found: number, expected: number, tolerance = 1e-9): void {
  if (!(Math.abs(found - expected) <= tolerance * Math.abs(expected))) {
    assert.fail(`got ${found}, expected ${expected}`);
  }
}

Deno.test("adamW() corrects moments from step 1 on", () => {
  const scalars = adamW(NUMBERS).scalarsAt(1, 0.01);
  assert.equal(scalars.learningRate, 0.01);
  assertNear(scalars.correction1!, 0.19);
  assertNear(scalars.correction2!, Math.sqrt(0.0975));
});

for (const decay of [true, false]) {
  const name = `adamW() follows the paper ${decay ? "with" : "without"} decay`;
  Deno.test(name, async () => {
    const { beta1, beta2, weightDecay } = NUMBERS;
    const before = { parameter: 2, m: 0.3, v: 0.04 };
    const [gradient, factor, rate, t] = [0.8, 0.5, 0.01, 7];
    const optimizer = adamW({ beta1, beta2, weightDecay });
    const one = (value: number) => constantArray([1], [value]);
    const scalars = Object.fromEntries(
      Object.entries(optimizer.scalarsAt(t - 1, rate))
        .map(([name, value]) => [name, scalar(value)] as const),
    );
    const after = optimizer.update(
      {
        parameter: one(before.parameter),
        kept: { m: one(before.m), v: one(before.v) },
      },
      { scalars, factor: scalar(factor) },
      { gradient: one(gradient), decay },
    );
    // Algorithm 2 of Loshchilov and Hutter (2019), gradient clipped before.
    const g = gradient * factor;
    const m = beta1 * before.m + (1 - beta1) * g;
    const v = beta2 * before.v + (1 - beta2) * g * g;
    const step = m / (1 - beta1 ** t) /
      (Math.sqrt(v / (1 - beta2 ** t)) + 1e-8);
    const shrunk = before.parameter * (decay ? 1 - rate * weightDecay : 1);
    const parameter = shrunk - rate * step;
    const { kept } = after;
    const found = await evaluate({
      parameter: after.parameter,
      m: kept.m!,
      v: kept.v!,
    });
    const expected = { parameter, m, v };
    for (const [key, value] of Object.entries(expected)) {
      // Scalars are stored as float32 numbers.
      assertNear(found[key as keyof typeof found].data[0]!, value, 1e-6);
    }
  });
}
