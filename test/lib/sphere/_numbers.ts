import assert from "node:assert/strict";

/**
 * Requires values to be close, as shares of what is expected.
 *
 * Below `floor` an error counts as absolute: where a quantity passes through 0
 * or is 1e-6 by nature, its relative error says nothing that matters.
 */
export function assertNear(
  actual: readonly number[],
  expected: readonly number[],
  { tolerance, floor = 0, what }: {
    tolerance: number;
    floor?: number;
    what: string;
  },
): void {
  assert.equal(actual.length, expected.length, what);
  for (const [i, value] of expected.entries()) {
    const share = Math.abs(actual[i]! - value) /
      Math.max(Math.abs(value), floor, Number.MIN_VALUE);
    // Written so that NaN fails.
    if (!(share <= tolerance)) {
      throw new Error(
        `${what}: at ${i} got ${actual[i]}, expected ${value}; relative ` +
          `error ${share}, tolerance ${tolerance}`,
      );
    }
  }
}

/** Midpoints of `count` equal parts of (low, high). */
export function midpoints(
  low: number,
  high: number,
  count: number,
): readonly number[] {
  const step = (high - low) / count;
  return Array.from({ length: count }, (_, i) => low + (i + 0.5) * step);
}

/** The sum of products. */
export function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

/** Values divided by their sum. */
export function normalized(values: readonly number[]): readonly number[] {
  const total = values.reduce((sum, value) => sum + value, 0);
  return values.map((value) => value / total);
}

/** The largest distance of an empirical distribution from an exact one (Kolmogorov). */
export function largestGap(
  draws: readonly number[],
  cumulative: (x: number) => number,
): number {
  const sorted = draws.toSorted((a, b) => a - b);
  return sorted.reduce((gap, draw, i) => {
    const exact = cumulative(draw);
    const above = (i + 1) / sorted.length - exact;
    return Math.max(gap, above, exact - i / sorted.length);
  }, 0);
}

/**
 * The exact distribution function of the cosine with the mean, from the ln of
 * its density over the angle: by midpoints on a grid where the mass is.
 */
export function angleDistribution(
  logDensity: (angle: number) => number,
  widest: number,
): (cosine: number) => number {
  const angles = midpoints(0, widest, 20_000);
  const shares = normalized(angles.map((angle) => Math.exp(logDensity(angle))));
  let passed = 0;
  const below = shares.map((share) => passed += share);
  const step = widest / angles.length;
  return (cosine) => {
    const angle = Math.acos(Math.min(1, Math.max(-1, cosine)));
    const place = Math.min(angle / step, angles.length - 1);
    const cell = Math.floor(place);
    const inCell = shares[cell]! * Math.min(place - cell, 1);
    // Large angles are small cosines.
    return 1 - ((below[cell - 1] ?? 0) + inCell);
  };
}
