import assert from "node:assert/strict";
import {
  digamma,
  digammaGap,
  gammaRatio,
  lgamma,
  logRatioGrowth,
  logSphereArea,
  trigamma,
  trigammaGap,
} from "../../../lib/sphere/mod.ts";
import { grad, sub, sum } from "../../../lib/tensor/mod.ts";
import { compute, testEngines, vector } from "./_engines.ts";
import { assertNear } from "./_numbers.ts";

/** Values of DLMF 5.4: Gamma at integers and halves, psi and psi' at 1/2, 1 and 2. */
const EULER = 0.5772156649015329;
const SPECIAL = {
  x: [0.5, 1, 2, 0.5 + 7, 30, 171],
  lgamma: [
    0.5 * Math.log(Math.PI),
    0,
    0,
    Math.log(135135 / 128 * Math.sqrt(Math.PI)),
    71.25703896716801,
    706.5730622457874,
  ],
  digamma: [-EULER - 2 * Math.LN2, -EULER, 1 - EULER],
  trigamma: [Math.PI ** 2 / 2, Math.PI ** 2 / 6, Math.PI ** 2 / 6 - 1],
};

testEngines(
  "lgamma() and its derivatives have known values",
  async (engine) => {
    const tolerance = engine.name === "reference" ? 1e-14 : 2e-6;
    const { value, first, second, slope } = await compute({
      inputs: { x: vector(SPECIAL.x) },
      build: ({ x }) => ({
        value: lgamma(x!),
        first: digamma(x!),
        second: trigamma(x!),
        slope: grad(sum(lgamma(x!)), [x!])[0]!,
      }),
    }, engine);
    const floor = 1;
    assertNear(value!, SPECIAL.lgamma, { tolerance, floor, what: "lgamma" });
    assertNear(first!.slice(0, 3), SPECIAL.digamma, {
      tolerance,
      floor,
      what: "digamma",
    });
    assertNear(second!.slice(0, 3), SPECIAL.trigamma, {
      tolerance,
      what: "trigamma",
    });
    assert.deepEqual(slope, first);
  },
);

Deno.test("the Gammas obey their recurrences at every size", async () => {
  const x = Array.from({ length: 60 }, (_, i) => 0.01 * 1.25 ** i);
  const { step, slope, curve } = await compute({
    inputs: { x: vector(x), y: vector(x.map((value) => value + 1)) },
    build: ({ x, y }) => ({
      step: sub(lgamma(y!), lgamma(x!)),
      slope: sub(digamma(y!), digamma(x!)),
      curve: sub(trigamma(x!), trigamma(y!)),
    }),
  });
  // Differences lose what the values have in common.
  const tolerance = 1e-9;
  assertNear(step!, x.map(Math.log), { tolerance, floor: 1, what: "lgamma" });
  assertNear(slope!, x.map((value) => 1 / value), {
    tolerance,
    what: "digamma",
  });
  assertNear(curve!, x.map((value) => 1 / value ** 2), {
    tolerance: 1e-8,
    what: "trigamma",
  });
});

Deno.test("gammaRatio() agrees with differences of Gammas", async () => {
  const kappa = [0, 0.01, 0.7, 3, 25];
  for (const [start, step] of [[0.5, 0.5], [1, 3], [7.5, 7.5], [2, 0.5]]) {
    const ratio = gammaRatio(start!, step!);
    const ends = kappa.map((k) => k + start!);
    const { growth, first, second, lower, upper, ...slopes } = await compute({
      inputs: {
        k: vector(kappa),
        a: vector(ends),
        b: vector(ends.map((end) => end + step!)),
      },
      build: ({ k, a, b }) => ({
        growth: logRatioGrowth(k!, ratio),
        first: digammaGap(k!, ratio),
        second: trigammaGap(k!, ratio),
        lower: lgamma(a!),
        upper: lgamma(b!),
        firstGap: sub(digamma(b!), digamma(a!)),
        secondGap: sub(trigamma(a!), trigamma(b!)),
      }),
    });
    const levels = upper!.map((value, i) => value - lower![i]!);
    const grown = levels.map((value) => value - levels[0]!);
    const what = `a ratio from ${start} by ${step}`;
    assertNear(growth!, grown, { tolerance: 1e-12, floor: 1, what });
    assertNear(first!, slopes.firstGap!, { tolerance: 1e-12, what });
    assertNear(second!, slopes.secondGap!, { tolerance: 1e-11, what });
  }
});

Deno.test("gammaRatio() refuses steps that are no halves", () => {
  assert.throws(() => gammaRatio(1, 0.3), RangeError);
  assert.throws(() => gammaRatio(0, 1), RangeError);
});

Deno.test("logSphereArea() knows circle, sphere and glome", () => {
  const areas = [2, 3, 4].map((d) => Math.exp(logSphereArea(d)));
  assertNear(areas, [2 * Math.PI, 4 * Math.PI, 2 * Math.PI ** 2], {
    tolerance: 1e-14,
    what: "area",
  });
  assert.throws(() => logSphereArea(1), RangeError);
  assert.throws(() => logSphereArea(2.5), RangeError);
});
