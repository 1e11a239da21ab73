import assert from "node:assert/strict";
import fc from "fast-check";
import { SOLVERS, solverSteps } from "../../../lib/sample/mod.ts";

function assertNear(found: number, expected: number, tolerance = 1e-12): void {
  if (!(Math.abs(found - expected) <= tolerance)) {
    assert.fail(`got ${found}, expected ${expected}`);
  }
}

Deno.test("solverSteps() of Euler goes from 0 to 1 in equal steps", () => {
  const steps = solverSteps({ solver: "euler", steps: 4 });
  assert.deepEqual(steps, [
    { t: 0, keep: 1, push: 0.25, noise: 0 },
    { t: 0.25, keep: 1, push: 0.25, noise: 0 },
    { t: 0.5, keep: 1, push: 0.25, noise: 0 },
    { t: 0.75, keep: 1, push: 0.25, noise: 0 },
  ]);
});

Deno.test("solverSteps() of Euler-Maruyama ends with an Euler step of 0.04", () => {
  const steps = solverSteps({ solver: "euler-maruyama", steps: 3 });
  assert.equal(steps.length, 4);
  assert.deepEqual(steps[3], { t: 0.96, keep: 1, push: 0.04, noise: 0 });
  const dt = 0.32;
  steps.slice(0, 3).forEach(({ t, keep, push, noise }, i) => {
    assertNear(t, i * dt);
    assertNear(keep, 1 - dt);
    assertNear(push, (1 + t) * dt);
    assertNear(noise, Math.sqrt(2 * (1 - t) * dt));
  });
});

Deno.test("solverSteps() spans the whole time with any number of steps", () => {
  const counts = fc.integer({ min: 1, max: 300 });
  fc.assert(fc.property(
    fc.constantFrom(...SOLVERS),
    counts,
    (solver, count) => {
      const steps = solverSteps({ solver, steps: count });
      const spans = steps.map((step, i) => (steps[i + 1]?.t ?? 1) - step.t);
      assertNear(spans.reduce((sum, dt) => sum + dt, 0), 1);
      steps.forEach(({ t, keep, push, noise }, i) => {
        assert.ok(spans[i]! > 0);
        const stochastic = noise > 0;
        assertNear(push, spans[i]! * (stochastic ? 1 + t : 1));
        assertNear(keep, stochastic ? 1 - spans[i]! : 1);
      });
      if (solver === "euler") {
        assertNear(steps.reduce((sum, { push }) => sum + push, 0), 1);
      }
    },
  ));
});

Deno.test("solverSteps() reach one data point exactly by Euler", () => {
  // All data at c: the flow's velocity is (c - x) / (1 - t).
  for (const count of [1, 2, 7, 50]) {
    let x = -3;
    for (
      const { t, keep, push } of solverSteps({ solver: "euler", steps: count })
    ) {
      x = keep * x + push * (5 - x) / (1 - t);
    }
    assertNear(x, 5);
  }
});

Deno.test("solverSteps() of both solvers keep the law of normal data", () => {
  // Data N(0, s^2): x_t is N(0, (1 - t)^2 + t^2 s^2), and the velocity is linear
  // in x. Variances then follow by hand, without a draw.
  const s = 0.6;
  for (const solver of SOLVERS) {
    let variance = 1;
    for (const step of solverSteps({ solver, steps: 20_000 })) {
      const { t, keep, push, noise } = step;
      const slope = (t * s * s - (1 - t)) / ((1 - t) ** 2 + t * t * s * s);
      variance = (keep + push * slope) ** 2 * variance + noise ** 2;
    }
    // Euler-Maruyama's last step is coarse: 0.04.
    const tolerance = solver === "euler" ? 1e-3 : 6e-3;
    assertNear(variance, s * s, tolerance);
  }
});
