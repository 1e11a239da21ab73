import assert from "node:assert/strict";
import {
  type DiscriminatorConfig,
  discriminatorOf,
} from "../../../../lib/model/mod.ts";
import { Parameters, shapesOf } from "../../../../lib/nn/mod.ts";
import {
  grad,
  type HostTensor,
  hostTensor,
  mul,
  sum,
  type Tensor,
} from "../../../../lib/tensor/mod.ts";
import { gradientPenalty } from "../../../../lib/train/adversarial/gradient_penalty.ts";
import { noise, randomWeights } from "../../model/_models.ts";
import { testOnEngines } from "../../../engines.ts";
import { compute, REFERENCE, testEngines } from "../../sphere/_engines.ts";

/** Of central differences, which err by the square of the step times the third derivative. */
const STEP = 1e-5;

/** Weights of each tensor whose slopes are compared with differences. */
const CHECKED = 3;

const CASES: Readonly<
  Record<string, { config: DiscriminatorConfig; side: number }>
> = {
  patchgan: { config: { name: "patchgan", ndf: 4, n_layers: 2 }, side: 16 },
  stylegan: { config: { name: "stylegan", channels: [4, 6] }, side: 8 },
};

type Values = Readonly<Record<string, HostTensor>>;

/** Weights, buffers and images of a case in float64. */
function inputsOf(name: string): Values {
  const { config, side } = CASES[name]!;
  const { specs, buffers } = discriminatorOf(config);
  const shapes = shapesOf({ ...specs(config), ...buffers(config) });
  const values = {
    ...randomWeights(shapes),
    images: noise([2, 3, side, side], { name: "images" }),
  };
  const entries = Object.entries(values).map(([name, { shape, data }]) =>
    [name, hostTensor("f64", shape, Float64Array.from(data))] as const
  );
  return Object.fromEntries(entries);
}

function penaltyOf(
  name: string,
  leaves: Readonly<Record<string, Tensor>>,
): Tensor {
  const { config } = CASES[name]!;
  const p = new Parameters(leaves);
  const images = leaves.images!;
  const { logits } = discriminatorOf(config).logits(p, images, {
    config,
    buffers: p,
    rows: 2,
  });
  return gradientPenalty(logits, images);
}

function trained(name: string): string[] {
  const { config } = CASES[name]!;
  return Object.keys(discriminatorOf(config).specs(config));
}

/** The penalty and its slopes by every weight. */
function slopesOf(name: string, inputs: Values, engine = REFERENCE) {
  return compute({
    inputs,
    build: (leaves) => {
      const penalty = penaltyOf(name, leaves);
      const names = trained(name);
      const slopes = grad(penalty, names.map((key) => leaves[key]!));
      return {
        penalty,
        ...Object.fromEntries(names.map((key, i) => [key, slopes[i]!])),
      };
    },
  }, engine);
}

testEngines("gradientPenalty() of a linear logit is known", async (engine) => {
  // D(x) = w x summed over patches of 2: its mean has the slope w / 2.
  const w = [1, -2, 2, 0, 0, 0];
  const found = await compute({
    inputs: {
      x: noise([2, 3, 1, 2], { name: "x" }),
      w: hostTensor("f64", [3, 1, 2], Float64Array.from(w)),
    },
    build: ({ x, w }) => {
      const logits = sum(mul(x!, w!), { axes: [1] }); // [2, 1, 2]
      const penalty = gradientPenalty(logits, x!);
      return { penalty, dw: grad(penalty, [w!])[0]! };
    },
  }, engine);
  // Squares of half the weights, the same for both images; slopes w / 2.
  assert.deepEqual(found, { penalty: [9 / 4], dw: w.map((v) => v / 2) });
});

for (const name of Object.keys(CASES)) {
  Deno.test(`gradientPenalty() of ${name} has the slopes of differences`, async () => {
    const inputs = inputsOf(name);
    const slopes = await slopesOf(name, inputs);
    for (const key of trained(name)) {
      const { shape, data } = inputs[key]!;
      const largest = Math.max(...slopes[key]!.map(Math.abs), 1);
      for (let i = 0; i < Math.min(CHECKED, data.length); i++) {
        const at = Math.floor(i * data.length / CHECKED);
        const sides: number[] = [];
        for (const step of [STEP, -STEP]) {
          const moved = Float64Array.from(data);
          moved[at]! += step;
          const { penalty } = await compute({
            inputs: { ...inputs, [key]: hostTensor("f64", shape, moved) },
            build: (leaves) => ({ penalty: penaltyOf(name, leaves) }),
          });
          sides.push(penalty![0]!);
        }
        const slope = (sides[0]! - sides[1]!) / (2 * STEP);
        const error = Math.abs(slope - slopes[key]![at]!) / largest;
        assert.ok(
          error <= 1e-6,
          `${key} at ${at}: ${slopes[key]![at]}, differences ${slope}`,
        );
      }
    }
  });

  await testOnEngines({
    [`gradientPenalty() of ${name} agrees`]: async (engine) => {
      const inputs = inputsOf(name);
      const expected = await slopesOf(name, inputs);
      const found = await slopesOf(name, inputs, engine);
      for (const [key, values] of Object.entries(expected)) {
        const largest = Math.max(...values.map(Math.abs), 1e-6);
        values.forEach((value, i) => {
          const error = Math.abs(found[key]![i]! - value) / largest;
          assert.ok(
            error <= (key === "penalty" ? 1e-4 : 5e-4),
            `${key} at ${i}: ${found[key]![i]}, expected ${value}`,
          );
        });
      }
    },
  }, { reference: false });
}
