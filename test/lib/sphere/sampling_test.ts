import assert from "node:assert/strict";
import {
  gammaDraw,
  reflect,
  sampleFromDraws,
  samplePowerSpherical,
  vonMisesFisher,
} from "../../../lib/sphere/mod.ts";
import {
  type Engine,
  grad,
  type HostTensor,
  hostTensor,
  mul,
  slice,
  sum,
} from "../../../lib/tensor/mod.ts";
import {
  compute,
  drawSource,
  randomInputs,
  REFERENCE,
  testEngines,
} from "./_engines.ts";
import { angleDistribution, assertNear, largestGap } from "./_numbers.ts";

const SAMPLERS = {
  powerSpherical: samplePowerSpherical,
  vonMisesFisher: vonMisesFisher.sample,
};
type Law = keyof typeof SAMPLERS;

/** ln of the density over the angle to the mean, up to a constant. */
function logAngles(law: Law, d: number, kappa: number) {
  const tilt = law === "powerSpherical"
    ? (angle: number) => 2 * Math.log(Math.cos(angle / 2))
    : (angle: number) => -2 * Math.sin(angle / 2) ** 2;
  return (angle: number) =>
    kappa * tilt(angle) + (d - 2) * Math.log(Math.sin(angle));
}

function filled(shape: readonly number[], value: (i: number) => number) {
  const size = shape.reduce((a, b) => a * b, 1);
  return hostTensor(
    "f64",
    shape,
    Float64Array.from({ length: size }, (_, i) => value(i)),
  );
}

/** The same unit vector in each of [rows, columns]. */
function means(rows: number, columns: number, d: number): HostTensor {
  const raw = Array.from({ length: d }, (_, i) => Math.sin(1 + 2 * i));
  const norm = Math.hypot(...raw);
  return filled([rows, columns, d], (i) => raw[i % d]! / norm);
}

interface Sampling {
  readonly law: Law;
  readonly d: number;
  readonly kappa: number;
  readonly rows: number;
  readonly columns: number;
}

/** Cosines of draws with their mean, their slopes by kappa, and their norms. */
async function drawCosines(
  { law, d, kappa, rows, columns }: Sampling,
  engine: Engine = REFERENCE,
) {
  const values = await compute({
    inputs: {
      mu: means(rows, columns, d),
      kappa: filled([rows, columns], () => kappa),
      ...randomInputs(7, rows),
    },
    build: ({ mu, kappa, ...random }) => {
      const z = SAMPLERS[law]({ mu: mu!, kappa: kappa! }, drawSource(random));
      const cosine = sum(mul(z, mu!), { axes: [-1] });
      return {
        z,
        cosine,
        slope: grad(sum(cosine), [kappa!])[0]!,
        norm: sum(mul(z, z), { axes: [-1] }),
      };
    },
  }, engine);
  return values as Record<"z" | "cosine" | "slope" | "norm", readonly number[]>;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

/** The distance that one run in 10,000 exceeds (Kolmogorov's limit law). */
function criticalGap(count: number): number {
  return 2.23 / Math.sqrt(count);
}

for (const law of Object.keys(SAMPLERS) as Law[]) {
  testEngines(`${law}: cosines follow their law`, async (engine) => {
    const size = engine.name === "reference"
      ? { rows: 64, columns: 16 }
      : { rows: 256, columns: 128 };
    const count = size.rows * size.columns;
    for (
      const [d, kappa] of [[2, 0.01], [2, 5], [3, 60], [16, 1], [64, 3000]]
    ) {
      const { cosine, norm } = await drawCosines({
        law,
        d: d!,
        kappa: kappa!,
        ...size,
      }, engine);
      assertNear(norm, norm.map(() => 1), { tolerance: 3e-6, what: "|z|^2" });
      const widest = Math.min(Math.PI, Math.sqrt((120 + 8 * d!) / kappa!));
      const exact = angleDistribution(logAngles(law, d!, kappa!), widest);
      const gap = largestGap(cosine, exact);
      const limit = criticalGap(count);
      assert.ok(gap <= limit, `d ${d}, kappa ${kappa}: ${gap} over ${limit}`);
    }
  });

  Deno.test(`${law}: mean slopes are the slope of the mean cosine`, async () => {
    const [d, kappa] = [16, 6];
    const { slope } = await drawCosines({
      law,
      d,
      kappa,
      rows: 64,
      columns: 16,
    });
    const k = kappa + d - 1;
    // kappa / (kappa + d - 1) has slope (d - 1) / (kappa + d - 1)^2; A' is from the table's formula.
    const exact = law === "powerSpherical"
      ? (d - 1) / k ** 2
      : await vonMisesFisherSlope(kappa, d);
    const spread = Math.sqrt(
      meanOf(slope.map((value) => (value - meanOf(slope)) ** 2)) /
        slope.length,
    );
    const error = Math.abs(meanOf(slope) - exact);
    assert.ok(error <= 4 * spread, `${error} over 4 x ${spread}`);
    assert.ok(slope.every((value) => value > 0));
  });

  Deno.test(`${law}: a row's draws depend on its number alone`, async () => {
    const shape = { law, d: 5, kappa: 2, columns: 3 };
    const many = await drawCosines({ ...shape, rows: 9 });
    const few = await drawCosines({ ...shape, rows: 4 });
    assert.deepEqual(many.z.slice(0, few.z.length), few.z);
    assert.notDeepEqual(many.z.slice(0, 15), many.z.slice(15, 30));
  });

  testEngines(`${law}: kappa of 0 and of 1e6 stay finite`, async (engine) => {
    for (const kappa of [0, 1e-6, 3000, 1e6]) {
      for (const d of [2, 3, 16]) {
        const values = await drawCosines({
          law,
          d,
          kappa,
          rows: 8,
          columns: 64,
        }, engine);
        for (const [name, numbers] of Object.entries(values)) {
          const bad = numbers.find((value) => !Number.isFinite(value));
          assert.equal(bad, undefined, `${name}, d ${d}, kappa ${kappa}`);
        }
      }
    }
  });
}

async function vonMisesFisherSlope(kappa: number, d: number): Promise<number> {
  const { slope } = await compute({
    inputs: { k: filled([1], () => kappa) },
    build: ({ k }) => ({
      slope: grad(sum(vonMisesFisher.meanCosine(k!, d)), [k!])[0]!,
    }),
  });
  return slope![0]!;
}

Deno.test("gammaDraw() has the moments of its law", async () => {
  for (
    const [shape, boost] of [[0.51, true], [1, false], [9.5, false]] as const
  ) {
    const [rows, columns] = [64, 32];
    const { draws } = await compute({
      inputs: {
        a: filled([rows, columns], () => shape),
        ...randomInputs(3, rows),
      },
      build: ({ a, ...random }) => ({
        draws: gammaDraw(a!, { ...drawSource(random), boost }),
      }),
    });
    const count = rows * columns;
    // Mean and variance are the shape; the variance's own is 2 s^2 + 6 s.
    const error = Math.abs(meanOf(draws!) - shape);
    assert.ok(error <= 4 * Math.sqrt(shape / count), `mean of ${shape}`);
    const variance = meanOf(draws!.map((draw) => (draw - shape) ** 2));
    const spread = Math.sqrt((2 * shape ** 2 + 6 * shape) / count);
    assert.ok(Math.abs(variance - shape) <= 4 * spread, `variance of ${shape}`);
  }
});

Deno.test("reflect() takes e1 to the mean and keeps lengths", async () => {
  const d = 5;
  const mu = means(1, 1, d);
  const e1 = filled([1, 1, d], (i) => i ? 0 : 1);
  const other = filled([1, 1, d], (i) => i - 1.5);
  const { image, kept, turned, slope } = await compute({
    inputs: { mu, e1, other },
    build: ({ mu, e1, other }) => ({
      image: reflect(e1!, mu!),
      turned: reflect(other!, mu!),
      // A mean at e1 itself leaves the draw as it is, with finite gradients.
      kept: reflect(other!, e1!),
      slope: grad(sum(slice(reflect(other!, e1!), -1, { stop: 2 })), [e1!])[0]!,
    }),
  });
  assertNear(image!, [...mu.data], { tolerance: 1e-12, what: "e1's image" });
  const lengths = [turned!, kept!].map((y) => Math.hypot(...y));
  const length = Math.hypot(...other.data);
  assertNear(lengths, [length, length], { tolerance: 1e-12, what: "lengths" });
  assert.deepEqual(kept, [...other.data]);
  assert.ok(slope!.every(Number.isFinite));
});

testEngines("sampleFromDraws() bears draws at the ends", async (engine) => {
  const d = 3;
  const values = await compute({
    inputs: {
      mu: means(1, 4, d),
      kappa: filled([1, 4], () => 1.5),
      betaDraw: hostTensor("f64", [1, 4], Float64Array.of(0, 1, 1e-20, 0.5)),
      v: filled([1, 4, d - 1], () => 0),
    },
    build: ({ mu, kappa, betaDraw, v }) => {
      const z = sampleFromDraws({
        mu: mu!,
        kappa: kappa!,
        betaDraw: betaDraw!,
        tangentNormal: v!,
      });
      const [dmu, dkappa] = grad(sum(z), [mu!, kappa!]);
      return { z, dmu: dmu!, dkappa: dkappa! };
    },
  }, engine);
  for (const [name, numbers] of Object.entries(values)) {
    assert.ok(numbers.every(Number.isFinite), `${name}: ${numbers}`);
  }
});
