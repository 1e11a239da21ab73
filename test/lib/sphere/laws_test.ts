import fc from "fast-check";
import * as powerSpherical from "../../../lib/sphere/power_spherical.ts";
import {
  betaDrawGradient,
  logSphereArea,
  vonMisesFisher,
} from "../../../lib/sphere/mod.ts";
import {
  concat,
  type Engine,
  grad,
  hostTensor,
  mul,
  reshape,
  sub,
  sum,
} from "../../../lib/tensor/mod.ts";
import { compute, REFERENCE, testEngines, vector } from "./_engines.ts";
import { assertNear, dot, midpoints, normalized } from "./_numbers.ts";

const LAWS = { powerSpherical, vonMisesFisher };

/** Every dimension, and concentrations over the whole promised range. */
const DIMENSION = fc.integer({ min: 2, max: 64 });
const KAPPA = fc.double({
  min: Math.log(0.01),
  max: Math.log(3000),
  noNaN: true,
})
  .map(Math.exp);

/** Where a density falls most steeply at its end: hardest to integrate. */
const STEEPEST: [number, number][] = [[2, 0.01], [2, 0.2]];

/**
 * Angles that carry all of a law's mass but 1e-12, their weights in an integral,
 * and the ln of the density there.
 *
 * Midpoints of t, where the angle goes as 3 t^2 - 2 t^3: with a kappa below 1,
 * a power spherical density on the circle falls as (pi - angle)^(2 kappa) at
 * its end. Midpoints of the angle err by about 4000^-(1 + 2 kappa) there, these
 * by about 4000^-2.
 */
async function anglesOf(
  law: keyof typeof LAWS,
  { d, kappa }: { d: number; kappa: number },
) {
  const widest = Math.min(Math.PI, Math.sqrt((120 + 8 * d) / kappa));
  const parts = midpoints(0, 1, 4000);
  const angles = parts.map((t) => widest * t * t * (3 - 2 * t));
  const weights = parts.map((t) => 6 * widest * t * (1 - t) / parts.length);
  const points = angles.flatMap((angle) => [
    Math.cos(angle),
    Math.sin(angle),
    ...new Array<number>(d - 2).fill(0),
  ]);
  const rows = angles.length;
  const axis = Array.from({ length: rows * d }, (_, i) => i % d ? 0 : 1);
  const tensor = (values: readonly number[]) =>
    hostTensor("f64", [rows, d], Float64Array.from(values));
  const { logs } = await compute({
    inputs: {
      x: tensor(points),
      mu: tensor(axis),
      kappa: vector(angles.map(() => kappa)),
    },
    build: ({ x, mu, kappa }) => ({
      logs: LAWS[law].logDensity(x!, { mu: mu!, kappa: kappa! }),
    }),
  });
  return { angles, weights, logs: logs! };
}

/** Area of the circle of latitude at an angle: S^(d-2) scaled by its sine. */
function latitude(d: number, angle: number): number {
  const unit = d === 2 ? 2 : Math.exp(logSphereArea(d - 1));
  return unit * Math.sin(angle) ** (d - 2);
}

for (const law of ["powerSpherical", "vonMisesFisher"] as const) {
  Deno.test(`${law}: density, KL, entropy and mean cosine agree`, async () => {
    await fc.assert(
      fc.asyncProperty(DIMENSION, KAPPA, async (d, kappa) => {
        const { angles, weights, logs } = await anglesOf(law, { d, kappa });
        const mass = angles.map((angle, i) =>
          Math.exp(logs[i]!) * latitude(d, angle) * weights[i]!
        );
        const { kl, entropy, cosine } = await compute({
          inputs: { k: vector([kappa]) },
          build: ({ k }) => ({
            kl: LAWS[law].klToUniform(k!, d),
            entropy: LAWS[law].entropy(k!, d),
            cosine: LAWS[law].meanCosine(k!, d),
          }),
        });
        const total = mass.reduce((a, b) => a + b);
        const excess = logs.map((log) => log + logSphereArea(d));
        const found = [
          total,
          dot(mass, excess),
          -dot(mass, logs),
          dot(mass, angles.map(Math.cos)),
        ];
        const expected = [1, kl![0]!, entropy![0]!, cosine![0]!];
        assertNear(found, expected, { tolerance: 1e-6, floor: 1, what: law });
      }),
      { numRuns: 25, seed: 1, examples: STEEPEST },
    );
  });

  Deno.test(`${law}: gradients by kappa are those of differences`, async () => {
    await fc.assert(
      fc.asyncProperty(DIMENSION, KAPPA, async (d, kappa) => {
        const h = kappa * 1e-4;
        const names = ["klToUniform", "logNormalizer", "meanCosine"] as const;
        for (const name of names) {
          const f = LAWS[law][name];
          const { value, slope } = await compute({
            inputs: { k: vector([kappa, kappa - h, kappa + h]) },
            build: ({ k }) => ({
              value: f(k!, d),
              slope: grad(sum(f(k!, d)), [k!])[0]!,
            }),
          });
          const difference = (value![2]! - value![1]!) / (2 * h);
          assertNear([slope![0]!], [difference], {
            tolerance: 1e-5,
            floor: 1e-6 * Math.abs(value![0]!) / h,
            what: `${name} of ${law} at d = ${d}, kappa = ${kappa}`,
          });
        }
      }),
      { numRuns: 25, seed: 2 },
    );
  });
}

Deno.test("implicit gradients carry the mean as kappa moves", async () => {
  // The integral of p(z) dz/dkappa is the derivative of the mean.
  await fc.assert(
    fc.asyncProperty(DIMENSION, KAPPA, async (d, kappa) => {
      for (const law of ["powerSpherical", "vonMisesFisher"] as const) {
        const { angles, weights, logs } = await anglesOf(law, { d, kappa });
        const mass = normalized(
          angles.map((angle, i) =>
            Math.exp(logs[i]!) * latitude(d, angle) * weights[i]!
          ),
        );
        const below = angles.map((angle) => 2 * Math.sin(angle / 2) ** 2);
        const { moves, slope } = await compute({
          inputs: {
            below: vector(below),
            k: vector(angles.map(() => kappa)),
          },
          build: ({ below, k }) => {
            const half = mul(below!, 0.5);
            const moves = law === "powerSpherical"
              // The cosine is 2 z - 1.
              ? mul(
                betaDrawGradient({
                  C: sub(1, half),
                  complement: half,
                  kappa: k!,
                  d,
                }),
                2,
              )
              : vonMisesFisher.cosineDrawGradient({
                cosine: sub(1, below!),
                below: below!,
                above: sub(2, below!),
                kappa: k!,
                d,
              });
            const means = LAWS[law].meanCosine(k!, d);
            return { moves, slope: grad(sum(means), [k!])[0]! };
          },
        });
        assertNear([dot(mass, moves!)], [slope![0]!], {
          tolerance: 1e-6,
          what: `${law} at d = ${d}, kappa = ${kappa}`,
        });
      }
    }),
    { numRuns: 15, seed: 3, examples: STEEPEST },
  );
});

/** Everything that a law yields for kappas, on an engine. */
function lawValues(engine: Engine, d: number, kappa: readonly number[]) {
  return compute({
    inputs: { k: vector(kappa.map(Math.fround)) },
    build: ({ k }) => {
      const values = Object.values(LAWS).flatMap((law) => {
        const kl = law.klToUniform(k!, d);
        return [
          law.logNormalizer(k!, d),
          law.meanCosine(k!, d),
          kl,
          grad(sum(kl), [k!])[0]!,
        ].map((value) => reshape(value, [1, kappa.length]));
      });
      return { all: concat(values) };
    },
  }, engine);
}

testEngines("float32 keeps the laws at every d and kappa", async (engine) => {
  const tolerance = engine.name === "reference" ? 0 : 1e-5;
  const kappa = Array.from({ length: 41 }, (_, i) => 0.01 * 1.3707 ** i);
  for (const d of [2, 3, 4, 5, 9, 16, 17, 33, 34, 64]) {
    const { all } = await lawValues(engine, d, kappa);
    const exact = await lawValues(REFERENCE, d, kappa);
    assertNear(all!, exact.all!, { tolerance, what: `laws at d = ${d}` });
  }
});

Deno.test("logDensity() is finite at the mean and its gradient too", async () => {
  const mu = hostTensor("f64", [2, 3], Float64Array.of(1, 0, 0, 0, 1, 0));
  for (const law of Object.values(LAWS)) {
    const values = await compute({
      inputs: { mu, kappa: vector([3000, 0.01]) },
      build: ({ mu, kappa }) => {
        const logs = law.logDensity(mu!, { mu: mu!, kappa: kappa! });
        const [dmu, dkappa] = grad(sum(logs), [mu!, kappa!]);
        return { logs, dmu: dmu!, dkappa: dkappa! };
      },
    });
    for (const [name, numbers] of Object.entries(values)) {
      if (!numbers.every(Number.isFinite)) {
        throw new Error(`${name} is not finite`);
      }
    }
  }
});
