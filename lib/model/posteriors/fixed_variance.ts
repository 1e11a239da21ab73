import {
  add,
  broadcastTo,
  log,
  mul,
  normal,
  reshape,
  scalar,
  square,
  sub,
} from "../../tensor/mod.ts";
import { factor } from "../sizes.ts";
import { definePosterior } from "./posterior.ts";

/** Euler's constant. */
const EULER = 0.5772156649015329;

/** The mean of -ln x^2 of a standard normal x. */
const MEAN_LOG = EULER + Math.LN2;

/**
 * A sigma-VAE (Section 4.3; Sun et al. 2024b): F-01, F-02 and F-05 of Figure 4.
 * The scale is not learned: each image draws sigma from N(0, C_sigma), C_sigma
 * read here as a deviation, and z = mu + sigma e.
 */
export const FIXED_VARIANCE = definePosterior({
  title: "Gaussian of fixed variance",
  onSphere: false,
  parts: {
    mu: { width: "vector", title: "mean" },
    c_sigma: { width: "number", title: "deviation of sigma" },
  },
  numbers: {
    c_sigma: factor("deviation of the law that sigma is drawn from"),
  },
  rawWidth: (d) => d,
  fromRaw: (raw, { c_sigma }) => ({
    mu: raw,
    c_sigma: broadcastTo(scalar(c_sigma), raw.shape.slice(0, 2)),
  }),
  draw({ mu, c_sigma }, { source, stream }) {
    const [tokens, d] = mu.shape.slice(1) as [number, number];
    const ofImage = normal(source, { shape: [1, 1], stream });
    const sigma = mul(reshape(c_sigma, [-1, tokens, 1]), ofImage);
    const noise = normal(source, { shape: [tokens, d], stream: stream + 1 });
    return add(mu, mul(sigma, noise));
  },
  // The mean over sigma of (mu^2 + sigma^2 - 1 - ln sigma^2) / 2.
  divergence({ mu, c_sigma }) {
    const spread = sub(square(c_sigma), mul(log(c_sigma), 2));
    const constant = reshape(add(spread, MEAN_LOG - 1), [
      ...c_sigma.shape,
      1,
    ]);
    return mul(add(square(mu), constant), 0.5);
  },
});
