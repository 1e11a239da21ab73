/** A Gaussian posterior of one token, every number its own. */
export interface TokenGaussian {
  /** d means. */
  readonly mu: ArrayLike<number>;
  /** d standard deviations, above 0. */
  readonly sigma: ArrayLike<number>;
}

/** Parts of KL(q(z) || N(0, I)), in nats. */
export interface SplitDivergence {
  /** The whole of it, exact. */
  readonly total: number;
  /** KL(q(u) || uniform): what a decoder of directions can use; an estimate. */
  readonly directional: number;
  /** E KL(q(r | u) || p(r)): what it pays for a radius that it drops; an estimate. */
  readonly radial: number;
}

/**
 * Splits the divergence of a Gaussian posterior from N(0, I) into those of
 * direction u and of radius r, z = r u (Appendix B). The expectation over u is
 * a mean of `draws` draws, the integrals over r are quadratures; directional and
 * radial are estimated apart, so that their sum's distance from the total shows
 * how good they are.
 *
 * @param normal gives standard normal numbers
 * @throws {RangeError} when sigma is not above 0
 */
export function splitDivergence(
  { mu, sigma }: TokenGaussian,
  { draws, normal }: { readonly draws: number; readonly normal: () => number },
): SplitDivergence {
  const d = mu.length;
  const terms = { total: 0, logScale: 0, squares: 0 };
  for (let i = 0; i < d; i++) {
    const [m, s] = [mu[i]!, sigma[i]!];
    if (!(s > 0)) {
      throw new RangeError(`Cannot split a divergence: sigma is ${s}`);
    }
    terms.total += (m * m + s * s - 1) / 2 - Math.log(s);
    terms.logScale += Math.log(s);
    terms.squares += (m / s) ** 2 / 2;
  }
  const prior = logRadialIntegral({ d, a: 1, b: 0 });
  let directional = 0, radial = 0;
  for (let draw = 0; draw < draws; draw++) {
    const law = radiusLaw({ mu, sigma }, normal);
    const own = logRadialIntegral(law);
    // q(u) and the uniform law are both integrals over r of Gaussians.
    directional += (own.log - prior.log - terms.logScale - terms.squares) /
      draws;
    radial += (own.gap - own.log + prior.log) / draws;
  }
  return { total: terms.total, directional, radial };
}

/** q(r | u), up to a factor: r^(d-1) exp(-a r^2 / 2 + b r). */
interface RadiusLaw {
  readonly d: number;
  readonly a: number;
  readonly b: number;
}

/** The radius' law given the direction of a draw. */
function radiusLaw(
  { mu, sigma }: TokenGaussian,
  normal: () => number,
): RadiusLaw {
  const d = mu.length;
  const z = Array.from({ length: d }, (_, i) => mu[i]! + sigma[i]! * normal());
  const norm = Math.hypot(...z);
  let a = 0, b = 0;
  for (let i = 0; i < d; i++) {
    const u = z[i]! / norm, precision = sigma[i]! ** -2;
    a += u * u * precision;
    b += u * mu[i]! * precision;
  }
  return { d, a, b };
}

/** Points of the integrals over the radius. */
const POINTS = 256;

/** How far they reach on both sides of the most likely radius, in deviations. */
const REACH = 12;

/**
 * ln of the integral of r^(d-1) exp(-a r^2 / 2 + b r) over r > 0, and under
 * that law the mean of ln(q / p) without normalisers, (1 - a) r^2 / 2 + b r.
 */
function logRadialIntegral(
  { d, a, b }: RadiusLaw,
): { readonly log: number; readonly gap: number } {
  const power = d - 1;
  const mode = Math.max(0, (b + Math.sqrt(b * b + 4 * a * power)) / (2 * a));
  const deviation = 1 / Math.sqrt(mode > 0 ? power / mode ** 2 + a : a);
  const low = Math.max(0, mode - REACH * deviation);
  const step = (mode + REACH * deviation - low) / POINTS;
  const log = (r: number) =>
    (power > 0 ? power * Math.log(r) : 0) - a * r * r / 2 + b * r;
  const peak = mode > 0 ? log(mode) : 0;
  let mass = 0, gap = 0;
  for (let i = 0; i < POINTS; i++) {
    const r = low + (i + 0.5) * step;
    const weight = Math.exp(log(r) - peak);
    mass += weight;
    gap += weight * ((1 - a) * r * r / 2 + b * r);
  }
  return { log: peak + Math.log(mass * step), gap: gap / mass };
}
