import {
  add,
  mul,
  reshape,
  slice,
  softplus,
  type Tensor,
} from "../../tensor/mod.ts";
import { type DirectionalLaw, projectToSphere } from "../../sphere/mod.ts";
import {
  definePosterior,
  type PosteriorDraws,
  type TokenSizes,
} from "./posterior.ts";

/** The smallest concentration, as in the release. */
const LEAST_KAPPA = 1;

/**
 * Mean direction and concentration from d + 1 numbers a token (Section 3.1):
 * mu of length 1, kappa = softplus(raw) + 1 as in the release.
 *
 * @param raw [B, N, d + 1]
 * @returns mu [B, N, d] and kappa [B, N]
 */
export function directionAndConcentration(
  raw: Tensor,
  { latent_dim: d }: TokenSizes,
): DirectionalLaw {
  const mu = projectToSphere(slice(raw, -1, { stop: d }));
  const rawKappa = reshape(
    slice(raw, -1, { start: d }),
    raw.shape.slice(0, 2),
  );
  return { mu, kappa: add(softplus(rawKappa), LEAST_KAPPA) };
}

/** A family of laws around mean directions of length 1. */
export interface DirectionalFamily {
  /** One draw of each law [B, N, d], unit length. */
  sample(law: DirectionalLaw, draws: PosteriorDraws): Tensor;
  /** KL(q || uniform) of each kappa on the sphere of `d` numbers: [B, N]. */
  klToUniform(kappa: Tensor, d: number): Tensor;
}

/**
 * The posterior of a family: draws z = R u with R = sqrt(d) (Section 3.1). The
 * prior is the uniform law on the sphere.
 *
 * @param title what people call the family
 */
export function directionalPosterior(title: string, family: DirectionalFamily) {
  return definePosterior({
    title,
    onSphere: true,
    parts: {
      mu: { width: "vector", unit: true, title: "mean direction" },
      kappa: { width: "number", title: "concentration" },
    },
    numbers: {},
    rawWidth: (d) => d + 1,
    fromRaw: directionAndConcentration,
    draw: (law, draws) =>
      mul(family.sample(law, draws), Math.sqrt(law.mu.shape.at(-1)!)),
    divergence: ({ mu, kappa }) => family.klToUniform(kappa, mu.shape.at(-1)!),
  });
}
