import { betaDrawGradient, vonMisesFisher } from "../../../lib/sphere/mod.ts";
import { type Engine, mul, sub } from "../../../lib/tensor/mod.ts";
import { compute, REFERENCE, testEngines, vector } from "./_engines.ts";
import { assertNear } from "./_numbers.ts";

/** Draws far into both tails of a law: kappa, and the cosine as 1 - cosine. */
interface Draws {
  readonly kappa: readonly number[];
  readonly below: readonly number[];
}

/** 1 - cosine at shares of its mean (d - 1) / (kappa + d - 1), in float32. */
function drawsIn(d: number): Draws {
  const rows: { kappa: number; below: number }[] = [];
  for (const kappa of [0.01, 0.5, 2, 9, 60, 400, 3000]) {
    const mean = (d - 1) / (kappa + d - 1);
    for (const share of [1e-3, 0.05, 0.4, 0.8, 1, 1.2, 1.6, 2.5, 5]) {
      const below = Math.fround(mean * share);
      if (below < 1.999) rows.push({ kappa: Math.fround(kappa), below });
    }
  }
  return {
    kappa: rows.map(({ kappa }) => kappa),
    below: rows.map(({ below }) => below),
  };
}

function gradients(engine: Engine, d: number, { kappa, below }: Draws) {
  return compute({
    inputs: { kappa: vector(kappa), below: vector(below) },
    build: ({ kappa, below }) => {
      const complement = mul(below!, 0.5);
      const z = sub(1, complement);
      return {
        beta: betaDrawGradient({ C: z, complement, kappa: kappa!, d }),
        cosine: vonMisesFisher.cosineDrawGradient({
          cosine: sub(1, below!),
          below: below!,
          above: sub(2, below!),
          kappa: kappa!,
          d,
        }),
      };
    },
  }, engine);
}

testEngines("implicit gradients hold far into the tails", async (engine) => {
  const tolerance = engine.name === "reference" ? 0 : 1e-4;
  for (const d of [2, 3, 4, 9, 16, 33, 64]) {
    const draws = drawsIn(d);
    const ours = await gradients(engine, d, draws);
    const exact = await gradients(REFERENCE, d, draws);
    for (const name of ["beta", "cosine"]) {
      const found = ours[name]!;
      if (!found.every((value) => value > 0 && Number.isFinite(value))) {
        throw new Error(`${name} at d = ${d}: not positive and finite`);
      }
      const what = `${name} at d = ${d}`;
      assertNear(found, exact[name]!, { tolerance, what });
    }
  }
});

Deno.test("dz/dkappa on S^2 is that of the closed quantile", async () => {
  // d = 3: beta = 1, so z = q^(1 / alpha) and dz/dalpha = -z ln z / alpha.
  const { kappa, below } = drawsIn(3);
  const { beta } = await gradients(REFERENCE, 3, { kappa, below });
  const exact = kappa.map((k, i) => {
    const rest = below[i]! / 2;
    return -(1 - rest) * Math.log1p(-rest) / (k + 1);
  });
  assertNear(beta!, exact, { tolerance: 1e-10, what: "dz/dkappa" });
});

Deno.test("dw/dkappa on S^2 is that of the closed quantile", async () => {
  // d = 3: F(w) = (e^(kappa w) - e^-kappa) / (e^kappa - e^-kappa).
  const draws = drawsIn(3);
  const { cosine } = await gradients(REFERENCE, 3, draws);
  const exact = draws.kappa.map((k, i) => {
    const below = draws.below[i]!;
    const w = 1 - below;
    // -dF/dkappa / p with F p^-1 written in shares of e^kappa.
    const rest = Math.expm1(-2 * k);
    const f = (Math.exp(-k * below) - Math.exp(-2 * k)) / -rest;
    const slope = (w * Math.exp(-k * below) + Math.exp(-2 * k)) / -rest -
      f * (1 + Math.exp(-2 * k)) / -rest;
    const density = k * Math.exp(-k * below) / -rest;
    return -slope / density;
  });
  // The closed form itself cancels at small kappa.
  const pairs = exact.flatMap((value, i) =>
    draws.kappa[i]! > 1 && draws.kappa[i]! * draws.below[i]! < 20
      ? [[cosine![i]!, value] as const]
      : []
  );
  assertNear(pairs.map(([a]) => a), pairs.map(([, b]) => b), {
    tolerance: 1e-9,
    what: "dw/dkappa",
  });
});
