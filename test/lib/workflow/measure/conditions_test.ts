import assert from "node:assert/strict";
import { conditionsOf } from "../../../../lib/workflow/measure/conditions.ts";

const RECIPE = {
  stage: "sample",
  version: 1,
  options: {
    sampling: { cfg: 4.6, cfgSchedule: "linear", steps: 100, solver: "euler" },
    classes: "balanced",
    batch: "auto",
    untrained: false,
  },
  seed: 7,
};

Deno.test("conditionsOf() says how samples were drawn", () => {
  const expected = {
    cfg: 4.6,
    cfgSchedule: "linear",
    steps: 100,
    solver: "euler",
    classes: "balanced",
    seed: 7,
  };
  assert.deepEqual(conditionsOf({ recipe: RECIPE }), expected);
  assert.deepEqual(conditionsOf({ images: { recipe: RECIPE } }), expected);
});

Deno.test("conditionsOf() says which models, and what they are in", () => {
  const digest = "ab".repeat(32);
  const recipe = {
    ...RECIPE,
    options: { ...RECIPE.options, weightsDtype: "q8", seeds: "0-63" },
    engine: "webgpu f16",
  };
  const models = { ar: { digest, ema: 0.9999 }, svae: { digest, ema: false } };
  const said = conditionsOf({ recipe, config: { models } });
  const { ar, svae, ema, weightsDtype, seeds, precision } = said;
  assert.deepEqual(
    [ar, svae, ema, weightsDtype, seeds, precision],
    [digest, digest, 0.9999, "q8", "0-63", "f16"],
  );
  const older = conditionsOf({ recipe, inputs: { model: digest, like: "cd" } });
  assert.equal(older["model"], digest);
  assert.ok(!("like" in older) && !("ema" in older));
});

Deno.test("conditionsOf() says nothing of what was not sampled", () => {
  assert.deepEqual(conditionsOf({ file: "a.npz" }), {});
  assert.deepEqual(
    conditionsOf({ recipe: { ...RECIPE, stage: "decode" } }),
    {},
  );
  const recipe = { stage: "sample", options: [], seed: 1 };
  assert.deepEqual(conditionsOf({ recipe }), { classes: undefined, seed: 1 });
});
