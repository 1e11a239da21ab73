/**
 * Divergences of the posteriors from their priors by numerical integration, in
 * terms of the laws' definitions alone: nothing of the code under test.
 */
import type { PosteriorName } from "../../../../lib/model/mod.ts";
import { midpoints } from "../../sphere/_numbers.ts";

/** Parts of one posterior: d numbers of mu, and one number of every other part. */
export interface Point {
  readonly mu: readonly number[];
  readonly [part: string]: number | readonly number[];
}

/** Sum over the d numbers of a token. */
type Divergence = (point: Point) => number;

const PARTS = 4000;

/** KL of a law on the sphere from the uniform one, over the angle to the mean. */
function overAngles(
  logTilt: (angle: number) => number,
  d: number,
): number {
  const angles = midpoints(0, Math.PI, 20_000);
  const uniform = angles.map((angle) => Math.sin(angle) ** (d - 2));
  const area = uniform.reduce((sum, value) => sum + value, 0);
  const tilted = angles.map((angle, i) =>
    uniform[i]! * Math.exp(logTilt(angle))
  );
  const mass = tilted.reduce((sum, value) => sum + value, 0);
  return angles.reduce((sum, angle, i) => {
    const density = logTilt(angle) - Math.log(mass / area);
    return sum + tilted[i]! / mass * density;
  }, 0);
}

function logNormal(z: number, mu: number, sigma: number): number {
  const x = (z - mu) / sigma;
  return -x * x / 2 - Math.log(sigma) - Math.log(2 * Math.PI) / 2;
}

/** KL of N(mu, sigma^2) from N(0, 1). */
function ofNormal(mu: number, sigma: number): number {
  const width = 24 * sigma / PARTS;
  return midpoints(mu - 12 * sigma, mu + 12 * sigma, PARTS)
    .reduce((sum, z) => {
      const log = logNormal(z, mu, sigma);
      return sum + width * Math.exp(log) * (log - logNormal(z, 0, 1));
    }, 0);
}

/** The same, the mean over sigma of N(0, c^2); |sigma| = c e^y. */
function ofDrawnDeviation(mu: number, c: number): number {
  const [low, high] = [-30, 2.2];
  const step = (high - low) / 2000;
  return midpoints(low, high, 2000).reduce((sum, y) => {
    const t = Math.exp(y);
    const weight = 2 * Math.exp(logNormal(t, 0, 1)) * t * step;
    return weight < 1e-9 ? sum : sum + weight * closed(mu, c * t);
  }, 0);
}

/** What {@linkcode ofNormal} integrates to, checked against it in the test. */
export function closed(mu: number, sigma: number): number {
  return (mu * mu + sigma * sigma - 1 - 2 * Math.log(sigma)) / 2;
}

/** The integrals, one a posterior. */
export const DIVERGENCES: Readonly<Record<PosteriorName, Divergence>> = {
  "power-spherical": ({ mu, kappa }) =>
    overAngles(
      (angle) => 2 * Number(kappa) * Math.log(Math.cos(angle / 2)),
      mu.length,
    ),
  "von-mises-fisher": ({ mu, kappa }) =>
    overAngles(
      (angle) => Number(kappa) * (Math.cos(angle) - 1),
      mu.length,
    ),
  "gaussian": ({ mu, sigma }) =>
    mu.reduce((sum, mean) => sum + ofNormal(mean, Number(sigma)), 0),
  "fixed-variance": ({ mu, c_sigma }) =>
    mu.reduce((sum, mean) => sum + ofDrawnDeviation(mean, Number(c_sigma)), 0),
};
