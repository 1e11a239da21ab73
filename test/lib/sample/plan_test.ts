import assert from "node:assert/strict";
import fc from "fast-check";
import { PAPER_LAW } from "../../../lib/model/mod.ts";
import { PAPER_AR } from "../../../lib/preset/checked.ts";
import {
  planSampling,
  type SamplingOptions,
  SOLVERS,
  solverSteps,
  type StepSchedule,
  stepsOfTokens,
} from "../../../lib/sample/mod.ts";
import { AR } from "../model/_models.ts";

const OPTIONS: SamplingOptions = {
  solver: "euler",
  steps: 25,
  guidance: { cfg: 2, schedule: "linear" },
};

Deno.test("planSampling() fills up with steps that change nothing", () => {
  const counts = fc.integer({ min: 1, max: 120 });
  fc.assert(fc.property(
    fc.constantFrom(...SOLVERS),
    fc.integer({ min: 1, max: 10 }),
    fc.tuple(counts, counts),
    (solver, images, [first, last]) => {
      const steps = `${first}:${last}` as const;
      const plan = planSampling(AR, images, { ...OPTIONS, solver, steps });
      stepsOfTokens(steps, AR.grid ** 2).forEach((wanted, k) => {
        const expected = solverSteps({ solver, steps: wanted });
        const { first, count } = plan.tokens[k]!;
        const found = plan.table.slice(first, first + count);
        assert.deepEqual(found.slice(0, expected.length), expected);
        for (const { keep, push, noise } of found.slice(expected.length)) {
          assert.deepEqual([keep, push, noise], [1, 0, 0]);
        }
        assert.equal(count % plan.unroll, 0);
        assert.ok(count - expected.length < plan.unroll);
      });
      assert.ok(plan.unroll <= 16);
    },
  ));
});

Deno.test("planSampling() takes the unrolling with fewest idle steps", () => {
  const planned = (steps: StepSchedule) => {
    const plan = planSampling(AR, 2, { ...OPTIONS, steps });
    return [plan.unroll, ...plan.tokens.map(({ count }) => count)];
  };
  assert.deepEqual(planned(25), [5, 25, 25, 25, 25]);
  assert.deepEqual(planned(26), [13, 26, 26, 26, 26]);
  assert.deepEqual(planned(17), [9, 18, 18, 18, 18]);
  assert.deepEqual(planned(16), [16, 16, 16, 16, 16]);
  assert.deepEqual(planned(3), [3, 3, 3, 3, 3]);
  assert.deepEqual(planned("40:10"), [10, 40, 30, 20, 10]);
  assert.deepEqual(planned("4:1"), [4, 4, 4, 4, 4]);
});

Deno.test("planSampling() holds the steps of equal tokens once", () => {
  const { table, tokens } = planSampling(AR, 99, { ...OPTIONS, steps: "6:5" });
  assert.deepEqual(tokens.map(({ first }) => first), [0, 0, 6, 6]);
  assert.equal(table.length, 12);
});

Deno.test("planSampling() doubles the rows of a guided run alone", () => {
  assert.equal(planSampling(AR, 3, OPTIONS).rows.rows, 6);
  const guidance = { cfg: 1, schedule: "constant" } as const;
  assert.equal(planSampling(AR, 3, { ...OPTIONS, guidance }).rows.rows, 3);
});

Deno.test("planSampling() modulates ahead at few rows, all steps of a number", () => {
  assert.equal(planSampling(AR, 8, OPTIONS).ahead, 25);
  assert.equal(planSampling(AR, 9, OPTIONS).ahead, 0);
});

Deno.test("planSampling() modulates ahead within the table", () => {
  const data = {
    num_classes: 1000,
    latent_dim: 16,
    grid: 16,
    ...PAPER_LAW,
  };
  const model = { ...PAPER_AR.H, ...data };
  for (const steps of ["50:5", "5:50", 10_000, "500:1"] as const) {
    const plan = planSampling(model, 8, { ...OPTIONS, steps });
    assert.equal(plan.ahead % plan.unroll, 0);
    // 11 modulations of 16 rows of 1280 numbers, in f32.
    assert.ok(plan.ahead * 11 * 16 * 1280 * 4 <= 2 ** 28);
    for (const { first, count } of plan.tokens) {
      const end = first + Math.ceil(count / plan.ahead) * plan.ahead;
      assert.ok(end <= plan.table.length, `${steps}: ${end}`);
    }
  }
});

Deno.test("planSampling() unrolls the release's 101 steps by six at every size", () => {
  const data = {
    num_classes: 1000,
    latent_dim: 16,
    grid: 16,
    ...PAPER_LAW,
  };
  const options = { ...OPTIONS, solver: "euler-maruyama", steps: 100 } as const;
  for (const config of Object.values(PAPER_AR)) {
    const plan = planSampling({ ...config, ...data }, 1, options);
    assert.equal(plan.unroll, 6);
    assert.equal(plan.tokens[0]!.count, 102);
  }
});
