import { fileURLToPath } from "node:url";
import { openSafetensors } from "../../../lib/artifact/mod.ts";
import {
  betaDrawGradient,
  entropy,
  klToUniform,
  logNormalizer,
  sampleFromDraws,
  vonMisesFisher,
} from "../../../lib/sphere/mod.ts";
import { type Engine, grad, sum } from "../../../lib/tensor/mod.ts";
import { assertClose } from "../../tensors.ts";
import { compute, testEngines, vector } from "./_engines.ts";
import { assertNear } from "./_numbers.ts";

async function readTable(name: string): Promise<readonly number[][]> {
  const url = new URL("../../golden/sphere.safetensors", import.meta.url);
  const reader = await openSafetensors(fileURLToPath(url));
  try {
    const { shape, data } = await reader.read(name);
    const width = shape[1]!;
    return Array.from(
      { length: shape[0]! },
      (_, i) => [...data.subarray(i * width, (i + 1) * width)],
    );
  } finally {
    reader.close();
  }
}

function byDimension(
  rows: readonly number[][],
): readonly (readonly [number, readonly number[][]])[] {
  const dimensions = [...new Set(rows.map((row) => row[0]!))];
  return dimensions.map((d) => [d, rows.filter((row) => row[0] === d)]);
}

function column(rows: readonly number[][], index: number): readonly number[] {
  return rows.map((row) => row[index]!);
}

/** The bounds that the functions document: every value's own relative error. */
function tolerances({ name }: Engine) {
  // The entropy passes through 0: its error is that of the KL and the area.
  return name === "reference"
    ? { law: 1e-11, gradient: 1e-10, entropyFloor: 1 }
    : { law: 5e-6, gradient: 1e-5, entropyFloor: 1 };
}

testEngines("both laws agree with the 40-digit table", async (engine) => {
  const { law: tolerance, entropyFloor } = tolerances(engine);
  for (const [d, rows] of byDimension(await readTable("distributions"))) {
    const ours = await compute({
      inputs: { kappa: vector(column(rows, 1)) },
      build: ({ kappa: k }) => {
        const kl = klToUniform(k!, d);
        const vmf = vonMisesFisher.klToUniform(k!, d);
        return {
          normalizer: logNormalizer(k!, d),
          entropy: entropy(k!, d),
          kl,
          slope: grad(sum(kl), [k!])[0]!,
          vmfNormalizer: vonMisesFisher.logNormalizer(k!, d),
          vmfCosine: vonMisesFisher.meanCosine(k!, d),
          vmfKl: vmf,
          vmfSlope: grad(sum(vmf), [k!])[0]!,
        };
      },
    }, engine);
    Object.entries(ours).forEach(([name, values], i) =>
      assertNear(values, column(rows, 2 + i), {
        tolerance,
        floor: name === "entropy" ? entropyFloor : 0,
        what: `${name} at d = ${d}`,
      })
    );
  }
});

testEngines("betaDrawGradient() agrees with the table", async (engine) => {
  const { gradient: tolerance } = tolerances(engine);
  for (const [d, rows] of byDimension(await readTable("beta_gradient"))) {
    const z = column(rows, 2);
    const { slope } = await compute({
      inputs: {
        kappa: vector(column(rows, 1)),
        z: vector(z),
        complement: vector(z.map((value) => 1 - value)),
      },
      build: ({ kappa, z, complement }) => ({
        slope: betaDrawGradient({
          C: z!,
          complement: complement!,
          kappa: kappa!,
          d,
        }),
      }),
    }, engine);
    const what = `dz/dkappa at d = ${d}`;
    assertNear(slope!, column(rows, 3), { tolerance, what });
  }
});

testEngines("cosineDrawGradient() agrees with the table", async (engine) => {
  const { gradient: tolerance } = tolerances(engine);
  for (const [d, rows] of byDimension(await readTable("vmf_gradient"))) {
    const w = column(rows, 2);
    const { slope } = await compute({
      inputs: {
        kappa: vector(column(rows, 1)),
        cosine: vector(w),
        below: vector(w.map((value) => 1 - value)),
      },
      build: ({ kappa, cosine, below }) => ({
        slope: vonMisesFisher.cosineDrawGradient({
          cosine: cosine!,
          below: below!,
          kappa: kappa!,
          d,
        }),
      }),
    }, engine);
    const what = `dw/dkappa at d = ${d}`;
    assertNear(slope!, column(rows, 3), { tolerance, what });
  }
});

testEngines("sampleFromDraws() makes the release's samples", async (engine) => {
  const url = new URL("posterior_draws.safetensors", import.meta.url);
  const reader = await openSafetensors(fileURLToPath(url));
  try {
    const mu = await reader.read("out/mu");
    const recorded = await reader.read("out/z");
    const { z } = await compute({
      inputs: {
        mu,
        kappa: await reader.read("out/kappa"),
        betaDraw: await reader.read("in/beta_draw"),
        tangentNormal: await reader.read("in/tangent_normal"),
      },
      build: ({ mu, kappa, betaDraw, tangentNormal }) => ({
        z: sampleFromDraws({
          mu: mu!,
          kappa: kappa!,
          betaDraw: betaDraw!,
          tangentNormal: tangentNormal!,
        }),
      }),
    }, engine);
    const radius = Math.sqrt(mu.shape.at(-1)!);
    const data = Float64Array.from(z!, (value) => value * radius);
    assertClose({ dtype: "f64", shape: recorded.shape, data }, recorded, {
      tolerance: 2e-6,
      what: "z",
    });
  } finally {
    reader.close();
  }
});
