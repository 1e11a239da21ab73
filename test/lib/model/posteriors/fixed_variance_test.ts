import assert from "node:assert/strict";
import { POSTERIORS } from "../../../../lib/model/mod.ts";
import { hostTensor } from "../../../../lib/tensor/mod.ts";
import {
  compute,
  drawSource,
  randomInputs,
  testEngines,
} from "../../sphere/_engines.ts";
import { largestGap, midpoints } from "../../sphere/_numbers.ts";
import { normalBelow } from "./_normal.ts";

const ROW = POSTERIORS["fixed-variance"];
const [ROWS, TOKENS, D] = [2000, 8, 32];
const NUMBERS = TOKENS * D;
const C_SIGMA = 0.2;
/** Kolmogorov's 1e-6 limit: 2 exp(-2 n gap^2) = 1e-6. */
const GAP = Math.sqrt(Math.log(2e6) / 2 / ROWS);

/** The share of sigma e below x, sigma and e both standard normal. */
function productBelow(x: number): number {
  const parts = midpoints(-12, 2.2, 400);
  const step = 14.2 / parts.length;
  return parts.reduce((sum, y) => {
    const s = Math.exp(y);
    const weight = 2 * Math.exp(-s * s / 2) / Math.sqrt(2 * Math.PI) * s * step;
    return sum + weight * normalBelow(x / s);
  }, 0);
}

testEngines(
  "draws of a fixed-variance posterior: each image has a sigma of N(0, C_sigma)",
  async (engine) => {
    const count = ROWS * NUMBERS;
    const mu = hostTensor(
      "f32",
      [ROWS, TOKENS, D],
      Float32Array.from({ length: count }, (_, i) => 3 * Math.sin(i)),
    );
    const { z } = await compute({
      inputs: { mu, ...randomInputs(3, ROWS) },
      build: ({ mu, ...random }) => {
        const config = { latent_dim: D, c_sigma: C_SIGMA };
        const parts = ROW.fromRaw(mu!, config);
        return { z: ROW.draw(parts, drawSource(random)) };
      },
    }, engine);
    const errors = z!.map((x, i) => (x - mu.data[i]!) / C_SIGMA);
    const images = Array.from(
      { length: ROWS },
      (_, row) => errors.slice(row * NUMBERS, (row + 1) * NUMBERS),
    );
    // One number of each image, as those of an image share its sigma.
    const gap = largestGap(images.map(([first]) => first!), productBelow);
    assert.ok(gap <= GAP, `one number of an image: gap ${gap}`);
    // Over its sigma, as its numbers tell it, an image's noise is normal.
    const sigmas = images.map((image) =>
      Math.sqrt(image.reduce((sum, e) => sum + e * e, 0) / NUMBERS)
    );
    const half = largestGap(sigmas, (x) => 2 * normalBelow(x) - 1);
    // 256 numbers tell a sigma within 5%, which moves the law by 0.02 at most.
    assert.ok(half <= GAP + 0.02, `sigmas of images: gap ${half}`);
  },
);
