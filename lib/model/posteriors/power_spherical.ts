import { mul } from "../../tensor/mod.ts";
import { klToUniform, samplePowerSpherical } from "../../sphere/mod.ts";
import { directionAndConcentration } from "./directional.ts";
import { definePosterior } from "./posterior.ts";

/**
 * The paper's default: S-01, S-04 and S-08 of Figure 4. The prior is the
 * uniform law on the sphere.
 */
export const POWER_SPHERICAL = definePosterior({
  title: "Power Spherical",
  onSphere: true,
  parts: {
    mu: { width: "vector", title: "mean direction" },
    kappa: { width: "number", title: "concentration" },
  },
  numbers: {},
  rawWidth: (d) => d + 1,
  fromRaw: directionAndConcentration,
  draw: ({ mu, kappa }, draws) =>
    mul(
      samplePowerSpherical({ mu, kappa }, draws),
      Math.sqrt(mu.shape.at(-1)!),
    ),
  divergence: ({ mu, kappa }) => klToUniform(kappa, mu.shape.at(-1)!),
});
