import { mul } from "../../tensor/mod.ts";
import { vonMisesFisher } from "../../sphere/mod.ts";
import { directionAndConcentration } from "./directional.ts";
import { definePosterior } from "./posterior.ts";

/** The law that Section 3.1 begins with; the prior is the uniform one. */
export const VON_MISES_FISHER = definePosterior({
  title: "von Mises-Fisher",
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
      vonMisesFisher.sample({ mu, kappa }, draws),
      Math.sqrt(mu.shape.at(-1)!),
    ),
  divergence: ({ mu, kappa }) =>
    vonMisesFisher.klToUniform(kappa, mu.shape.at(-1)!),
});
