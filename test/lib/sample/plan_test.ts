import assert from "node:assert/strict";
import fc from "fast-check";
import { PAPER_AR } from "../../../lib/preset/mod.ts";
import {
  planSampling,
  type SamplingOptions,
  SOLVERS,
  solverSteps,
} from "../../../lib/sample/mod.ts";
import { AR } from "../model/_models.ts";

const OPTIONS: SamplingOptions = {
  solver: "euler",
  steps: 25,
  guidance: { cfg: 2, schedule: "linear" },
};

Deno.test("planSampling() fills up with steps that change nothing", () => {
  fc.assert(fc.property(
    fc.constantFrom(...SOLVERS),
    fc.integer({ min: 1, max: 120 }),
    (solver, count) => {
      const options = { ...OPTIONS, solver, steps: count };
      const { steps, unroll } = planSampling(AR, 2, options);
      const wanted = solverSteps(options);
      assert.deepEqual(steps.slice(0, wanted.length), wanted);
      for (const { keep, push, noise } of steps.slice(wanted.length)) {
        assert.deepEqual([keep, push, noise], [1, 0, 0]);
      }
      assert.equal(steps.length % unroll, 0);
      assert.ok(unroll <= 16 && unroll <= wanted.length);
      assert.ok(steps.length - wanted.length < unroll);
    },
  ));
});

Deno.test("planSampling() takes the unrolling with fewest idle steps", () => {
  const planned = (steps: number) => {
    const plan = planSampling(AR, 2, { ...OPTIONS, steps });
    return [plan.unroll, plan.steps.length];
  };
  assert.deepEqual(planned(25), [5, 25]);
  assert.deepEqual(planned(26), [13, 26]);
  assert.deepEqual(planned(17), [9, 18]);
  assert.deepEqual(planned(16), [16, 16]);
  assert.deepEqual(planned(3), [3, 3]);
});

Deno.test("planSampling() doubles the rows of a guided run alone", () => {
  assert.equal(planSampling(AR, 3, OPTIONS).rows.rows, 6);
  const guidance = { cfg: 1, schedule: "constant" } as const;
  assert.equal(planSampling(AR, 3, { ...OPTIONS, guidance }).rows.rows, 3);
});

Deno.test("planSampling() modulates ahead at few rows", () => {
  assert.ok(planSampling(AR, 8, OPTIONS).modulateAhead);
  assert.ok(!planSampling(AR, 9, OPTIONS).modulateAhead);
});

Deno.test("planSampling() does not unroll a head of many weights", () => {
  const data = { num_classes: 1000, latent_dim: 16, grid: 16 };
  const plan = planSampling({ ...PAPER_AR.H, ...data }, 1, OPTIONS);
  assert.equal(plan.unroll, 1);
  assert.equal(plan.steps.length, 25);
});
