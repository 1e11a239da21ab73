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

Deno.test("conditionsOf() says nothing of what was not sampled", () => {
  assert.deepEqual(conditionsOf({ file: "a.npz" }), {});
  assert.deepEqual(
    conditionsOf({ recipe: { ...RECIPE, stage: "decode" } }),
    {},
  );
  const recipe = { stage: "sample", options: [], seed: 1 };
  assert.deepEqual(conditionsOf({ recipe }), { classes: undefined, seed: 1 });
});
