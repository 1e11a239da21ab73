import {
  add,
  reshape,
  slice,
  softplus,
  type Tensor,
} from "../../tensor/mod.ts";
import { type DirectionalLaw, projectToSphere } from "../../sphere/mod.ts";
import type { TokenSizes } from "./posterior.ts";

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
