import assert from "node:assert/strict";
import type { AxisValues } from "../../../../lib/workflow/sweep/axes.ts";
import {
  axesOf,
  pointsOf,
  pointWords,
  variedAxes,
} from "../../../../lib/workflow/sweep/points.ts";

const OTHERWISE: AxisValues = {
  cfg: 4.5,
  steps: 100,
  cfgSchedule: "linear",
  solver: "euler",
  seed: 0,
};

Deno.test("pointsOf() is the cross product, scales next to each other", () => {
  const axes = axesOf({ cfg: "1,2", steps: "5,50:5" }, OTHERWISE);
  const points = pointsOf(axes);
  assert.deepEqual(
    points.map(({ cfg, steps }) => [cfg, steps]),
    [[1, 5], [2, 5], [1, "50:5"], [2, "50:5"]],
  );
  assert.deepEqual(variedAxes(axes), ["cfg", "steps"]);
  assert.equal(pointWords(points[3]!, ["cfg", "steps"]), "cfg 2, steps 50:5");
});

Deno.test("pointsOf() calls a point by all its values, whatever is beside it", () => {
  const [alone] = pointsOf(axesOf({}, OTHERWISE));
  assert.equal(alone!.name, "cfg-4.5_steps-100_linear_euler_seed-0");
  const many = pointsOf(axesOf({ cfg: "4:5:0.5", seed: "0,1" }, OTHERWISE));
  const names = many.map(({ name }) => name);
  assert.ok(names.includes(alone!.name));
  assert.equal(new Set(names).size, 6);
  const [schedule] = pointsOf(axesOf({ steps: "50:5" }, OTHERWISE));
  assert.equal(schedule!.name, "cfg-4.5_steps-50-5_linear_euler_seed-0");
});

Deno.test("pointsOf() refuses more points than anybody means", () => {
  const axes = axesOf({ cfg: "1:100:1", seed: "0:10:1" }, OTHERWISE);
  assert.throws(() => pointsOf(axes), /Cannot sweep 1100 points: .* 1000/);
});
