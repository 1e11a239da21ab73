import assert from "node:assert/strict";
import { POSTERIORS } from "../../../../lib/model/mod.ts";
import { grad, hostTensor, sum } from "../../../../lib/tensor/mod.ts";
import {
  compute,
  drawSource,
  randomInputs,
  testEngines,
} from "../../sphere/_engines.ts";
import { assertNear, largestGap } from "../../sphere/_numbers.ts";
import { normalBelow } from "./_normal.ts";

const { gaussian: GAUSSIAN } = POSTERIORS;
const [ROWS, TOKENS, D] = [400, 3, 4];
const COUNT = ROWS * TOKENS * D;
/** Kolmogorov's 1e-6 limit: 2 exp(-2 n gap^2) = 1e-6. */
const GAP = Math.sqrt(Math.log(2e6) / 2 / COUNT);

function filled(value: (i: number) => number) {
  const data = Float32Array.from({ length: COUNT }, (_, i) => value(i));
  return hostTensor("f32", [ROWS, TOKENS, D], data);
}

const MU = filled((i) => 3 * Math.sin(i));
const SIGMA = filled((i) => 0.2 + 0.1 * (i % 5));

testEngines(
  "draws of a Gaussian posterior have its mean and deviation",
  async (engine) => {
    const { z, slope } = await compute({
      inputs: { mu: MU, sigma: SIGMA, ...randomInputs(3, ROWS) },
      build: ({ mu, sigma, ...random }) => {
        const parts = { mu: mu!, sigma: sigma! };
        const z = GAUSSIAN.draw(parts, drawSource(random));
        return { z, slope: grad(sum(z), [sigma!])[0]! };
      },
    }, engine);
    const errors = z!.map((x, i) => (x - MU.data[i]!) / SIGMA.data[i]!);
    const gap = largestGap(errors, normalBelow);
    assert.ok(gap <= GAP, `gap ${gap}`);
    // z = mu + sigma e, so that dz/dsigma is e.
    assertNear(slope!, errors, { tolerance: 1e-4, floor: 1, what: "slope" });
  },
);

Deno.test("the log-variance of a Gaussian posterior is cut at -30 and 20", async () => {
  for (const [raw, sigma] of [[1e4, Math.exp(10)], [-1e4, Math.exp(-15)]]) {
    const { sigma: found } = await compute({
      inputs: { raw: hostTensor("f64", [1, 1, 2], Float64Array.of(0, raw!)) },
      build: ({ raw }) => GAUSSIAN.fromRaw(raw!, { latent_dim: 1 }),
    });
    assertNear(found!, [sigma!], { tolerance: 1e-12, what: "sigma" });
  }
});
