import { midpoints } from "../../sphere/_numbers.ts";

/** The share of a standard normal law below x, by integration. */
export function normalBelow(x: number): number {
  if (x > 0) return 1 - normalBelow(-x);
  if (x < -9) return 0;
  const low = -9;
  const step = (x - low) / 300;
  return midpoints(low, x, 300).reduce(
    (sum, y) => sum + step * Math.exp(-y * y / 2) / Math.sqrt(2 * Math.PI),
    0,
  );
}
