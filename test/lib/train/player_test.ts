import assert from "node:assert/strict";
import { arShapes, vaeShapes } from "../../../lib/model/mod.ts";
import {
  arTrainingStep,
  learningRate,
  matrixNames,
  type StepParts,
  trainingProgram,
  updateRule,
  updateScalars,
  vaeTrainingStep,
} from "../../../lib/train/mod.ts";
import { mean } from "../../../lib/tensor/mod.ts";
import { AR, VAE } from "../model/_models.ts";
import { rule } from "./_rules.ts";

const NUMBERS = {
  steps: 100,
  learningRate: 0.5,
  finalRate: 0.1,
  warmup: 10,
  beta1: 0.5,
  beta2: 0.75,
  weightDecay: 0,
  clip: 3,
  ema: 0.75,
  emaRamp: false,
};

Deno.test("matrixNames() chooses parameters of two and more axes, without some", () => {
  const shapes = { a: [3], b: [], c: [2, 3], d: [4, 3, 2, 2], e: [1, 1] };
  assert.deepEqual([...matrixNames(shapes)], ["c", "d", "e"]);
  assert.deepEqual([...matrixNames(shapes, { except: ["d"] })], ["c", "e"]);
});

Deno.test("training steps let all matrices decay but proj_in and class embeddings", () => {
  const update = rule();
  const ar = arTrainingStep({
    config: AR,
    batch: 1,
    diffBatchMul: 1,
    classDropout: 0,
    update,
  });
  const vae = vaeTrainingStep({ config: VAE, batch: 1, klWeight: 0, update });
  const { decays } = ar.players.ar;
  const kept = Object.entries(arShapes(AR))
    .filter(([name, { length }]) => length > 1 && !decays.has(name));
  assert.deepEqual(kept.map(([name]) => name), [
    "cls_embedding.weight",
    "proj_in.weight",
  ]);
  assert.ok(decays.has("pos_for_diff.weight"));
  assert.ok(![...decays].some((name) => arShapes(AR)[name]!.length < 2));
  const matrices = Object.entries(vaeShapes(VAE))
    .filter(([, { length }]) => length > 1).map(([name]) => name);
  assert.deepEqual([...vae.players.generator!.decays], matrices);
});

Deno.test("trainingProgram() refuses to let decay what cannot, by player and name", () => {
  const shapes = { w: [1, 1], b: [3] };
  const named = (decays: readonly string[]) => ({
    name: "toy",
    players: { toy: { ...rule(), shapes, decays: new Set(decays) } },
    inputs: {},
    build: ({ players: { toy } }: StepParts<"toy">) => ({
      losses: { toy: mean(toy.get("w")) },
      reported: {},
    }),
  });
  trainingProgram(named(["w"]));
  for (
    const [name, found] of [
      ["w.bias", "has no such parameter"],
      ["toString", "has no such parameter"],
      ["b", "has it with shape [3]"],
    ] as const
  ) {
    assert.throws(() => trainingProgram(named(["w", name])), {
      name: "RangeError",
      message: `Cannot let "${name}" decay: expected a parameter of two and ` +
        `more axes, player "toy" ${found}`,
    });
  }
});

Deno.test("updateRule() makes warm-up, cosine, clip and average of a preset's numbers", () => {
  const { schedule, clip, average } = updateRule(NUMBERS);
  assert.deepEqual(schedule, {
    peak: 0.5,
    min: 0.05,
    warmup: 10,
    decayStart: 10,
    total: 100,
  });
  assert.equal(clip, 3);
  assert.deepEqual(average, { decay: 0.75, ramp: false });
});

Deno.test("updateRule() keeps no average where its decay is 0", () => {
  assert.equal(updateRule({ ...NUMBERS, ema: 0 }).average, undefined);
});

Deno.test("updateRule() makes a constant rate of a final share of 1", () => {
  const { schedule } = updateRule({ ...NUMBERS, finalRate: 1 });
  for (const step of [10, 11, 57, 99, 100]) {
    assert.equal(learningRate(step, schedule), 0.5);
  }
});

Deno.test("updateScalars() has the numbers of every player, and a rate where one averages", () => {
  const shapes = { w: [2, 2] };
  const decays = matrixNames(shapes);
  const first = { ...updateRule(NUMBERS), shapes, decays };
  const { average: _, ...second } = { ...first, ...rule({ rate: 0.25 }) };
  const found = updateScalars({ first, second }, 1);
  assert.deepEqual(found, {
    "first/learningRate": 0.05,
    "first/correction1": 0.75,
    "first/correction2": Math.sqrt(1 - 0.75 ** 2),
    "first/averageRate": 0.25,
    "second/learningRate": 0.25,
    "second/correction1": 1 - 0.9 ** 2,
    "second/correction2": Math.sqrt(1 - 0.95 ** 2),
  });
});
