import assert from "node:assert/strict";
import { arShapes, vaeShapes } from "../../../lib/model/mod.ts";
import {
  adamW,
  adamWOptions,
  clipFactor,
  decays,
  gradientNorm,
  stepScalars,
} from "../../../lib/train/mod.ts";
import { constantArray, scalar } from "../../../lib/tensor/mod.ts";
import { AR, evaluate, VAE } from "../model/_models.ts";

const NUMBERS = { beta1: 0.9, beta2: 0.95, weightDecay: 0.1, clip: 1 };

function assertNear(found: number, expected: number, tolerance = 1e-9): void {
  if (!(Math.abs(found - expected) <= tolerance * Math.abs(expected))) {
    assert.fail(`got ${found}, expected ${expected}`);
  }
}

Deno.test("decays() chooses matrices, but neither proj_in nor class embeddings", () => {
  const shapes = { ...arShapes(AR), ...vaeShapes(VAE) };
  const kept = Object.entries(shapes)
    .filter(([name, shape]) => !decays(name, shape))
    .map(([name]) => name);
  const expected = Object.entries(shapes)
    .filter(([name, shape]) =>
      shape.length === 1 ||
      ["cls_embedding.weight", "proj_in.weight"].includes(name)
    )
    .map(([name]) => name);
  assert.deepEqual(kept, expected);
  assert.ok(decays("pos_for_diff.weight", [4, 16]));
  assert.ok(decays("encoder.conv_in.weight", [4, 3, 3, 3]));
});

Deno.test("stepScalars() corrects moments from step 1 on", () => {
  const scalars = stepScalars(1, {
    beta1: 0.9,
    beta2: 0.95,
    rate: 0.01,
    ema: 0.75,
  });
  assert.equal(scalars.learningRate, 0.01);
  assertNear(scalars.correction1, 0.19);
  assertNear(scalars.correction2, Math.sqrt(0.0975));
  assert.equal(scalars.emaRate, 0.25);
});

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

for (const decay of [true, false]) {
  const name = `adamW() follows the paper ${decay ? "with" : "without"} decay`;
  Deno.test(name, async () => {
    const { beta1, beta2, weightDecay } = NUMBERS;
    const before = { parameter: 2, m: 0.3, v: 0.04, ema: 1 };
    const [gradient, factor, rate, t] = [0.8, 0.5, 0.01, 7];
    const scalars = stepScalars(t - 1, { beta1, beta2, rate, ema: 0.9 });
    const one = (value: number) => constantArray([1], [value]);
    const after = adamW(
      {
        parameter: one(before.parameter),
        m: one(before.m),
        v: one(before.v),
        ema: one(before.ema),
      },
      one(gradient),
      {
        decay,
        shared: {
          options: adamWOptions(NUMBERS),
          factor: scalar(factor),
          scalars: {
            learningRate: scalar(scalars.learningRate),
            correction1: scalar(scalars.correction1),
            correction2: scalar(scalars.correction2),
            emaRate: scalar(scalars.emaRate),
          },
        },
      },
    );
    // Algorithm 2 of Loshchilov and Hutter (2019), gradient clipped before.
    const g = gradient * factor;
    const m = beta1 * before.m + (1 - beta1) * g;
    const v = beta2 * before.v + (1 - beta2) * g * g;
    const step = m / (1 - beta1 ** t) /
      (Math.sqrt(v / (1 - beta2 ** t)) + 1e-8);
    const shrunk = before.parameter * (decay ? 1 - rate * weightDecay : 1);
    const parameter = shrunk - rate * step;
    const ema = 0.9 * before.ema + 0.1 * parameter;
    const found = await evaluate({ ...after });
    const expected = { parameter, m, v, ema };
    for (const [key, value] of Object.entries(expected)) {
      // Scalars are stored as float32 numbers.
      assertNear(found[key as keyof typeof found].data[0]!, value, 1e-6);
    }
  });
}
