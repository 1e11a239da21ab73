import {
  add,
  input,
  mul,
  type Node,
  normal,
  type RandomSource,
  type Tensor,
} from "../tensor/mod.ts";
import { samplePowerSpherical } from "../sphere/mod.ts";

/** Laws that the latents of images may have. */
export type PosteriorName = "power-spherical" | "gaussian";

/** Power Spherical posterior q(z | x) of every token. */
export interface Posterior {
  /** Mean direction [B, N, d], unit length. */
  readonly mu: Tensor;
  /** Concentration [B, N], above 1. */
  readonly kappa: Tensor;
}

/** Gaussian posterior q(z | x) of every token, every number its own. */
export interface GaussianPosterior {
  /** Mean [B, N, d]. */
  readonly mu: Tensor;
  /** Standard deviation [B, N, d]. */
  readonly sigma: Tensor;
}

/** A posterior of either law. */
export type AnyPosterior = Posterior | GaussianPosterior;

/** Posteriors that a program is given. */
export type PosteriorInputs =
  | { readonly mu: Node<"input">; readonly kappa: Node<"input"> }
  | { readonly mu: Node<"input">; readonly sigma: Node<"input"> };

/** Leaves that hold posteriors of `mu`'s shape [B, N, d], by the law's names. */
export function posteriorInputs(
  name: PosteriorName,
  shape: readonly [number, number, number],
): PosteriorInputs {
  const mu = input("mu", shape);
  return name === "gaussian"
    ? { mu, sigma: input("sigma", shape) }
    : { mu, kappa: input("kappa", shape.slice(0, 2)) };
}

/**
 * A draw of each posterior, as the AR model and the decoder read it: on the
 * sphere of radius sqrt(d), or mu + sigma e. No gradients flow through it.
 *
 * @param draws the random source has one row number per image; four streams
 *   are used from `stream` on
 * @returns [B, N, d]
 */
export function drawLatents(
  posterior: AnyPosterior,
  draws: { readonly source: RandomSource; readonly stream: number },
): Tensor {
  const { mu } = posterior;
  if ("sigma" in posterior) {
    const { source, stream } = draws;
    const noise = normal(source, { shape: mu.shape.slice(1), stream });
    return add(mu, mul(posterior.sigma, noise));
  }
  const unit = samplePowerSpherical(posterior, {
    ...draws,
    differentiable: false,
  });
  return mul(unit, Math.sqrt(mu.shape.at(-1)!));
}
