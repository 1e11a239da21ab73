import {
  add,
  exp,
  expm1,
  log,
  maximum,
  minimum,
  mul,
  normal,
  slice,
  square,
  sub,
} from "../../tensor/mod.ts";
import { definePosterior } from "./posterior.ts";

/** Bounds of the log-variance, as in latent diffusion. */
const LOG_VARIANCE = [-30, 20] as const;

/**
 * Every number with its own mean and deviation, a beta-VAE: G-01 to G-16 of
 * Figure 4, MAR's KL-16, and N-01 to N-16 where draws are normalised. The prior
 * is the standard normal law.
 */
export const GAUSSIAN = definePosterior({
  title: "diagonal Gaussian",
  onSphere: false,
  parts: {
    mu: { width: "vector", title: "mean" },
    sigma: { width: "vector", title: "deviation" },
  },
  numbers: {},
  rawWidth: (d) => 2 * d,
  fromRaw(raw, { latent_dim: d }) {
    const [low, high] = LOG_VARIANCE;
    const rest = slice(raw, -1, { start: d });
    const logVariance = minimum(maximum(rest, low), high);
    return {
      mu: slice(raw, -1, { stop: d }),
      sigma: exp(mul(logVariance, 0.5)),
    };
  },
  draw({ mu, sigma }, { source, stream }) {
    const noise = normal(source, { shape: mu.shape.slice(1), stream });
    return add(mu, mul(sigma, noise));
  },
  // (mu^2 + sigma^2 - 1 - ln sigma^2) / 2; footnote 2: the mean is over all.
  divergence({ mu, sigma }) {
    const logVariance = mul(log(sigma), 2);
    const spread = sub(expm1(logVariance), logVariance);
    return mul(add(square(mu), spread), 0.5);
  },
});
