/** Coefficients B(2k) / (2k (2k - 1)) of Stirling's series for ln Gamma, k = 1, 2, .. */
export const STIRLING = [
  1 / 12,
  -1 / 360,
  1 / 1260,
  -1 / 1680,
  1 / 1188,
  -691 / 360360,
  1 / 156,
] as const;

/** Where Stirling's series with the terms above is exact to float64. */
export const STIRLING_FROM = 8;

/**
 * ln Gamma(x) in float64 for a number x > 0 that is known when a graph is built.
 *
 * @throws {RangeError} when x is not positive
 */
export function logGamma(x: number): number {
  if (!(x > 0)) {
    throw new RangeError(`Cannot take ln Gamma of ${x}: expected x > 0`);
  }
  let [shifted, product] = [x, 1];
  for (; shifted < STIRLING_FROM + 2; shifted++) product *= shifted;
  let series = 0;
  for (const c of STIRLING.toReversed()) {
    series = series / (shifted * shifted) + c;
  }
  return (shifted - 0.5) * Math.log(shifted) - shifted +
    0.5 * Math.log(2 * Math.PI) + series / shifted - Math.log(product);
}
