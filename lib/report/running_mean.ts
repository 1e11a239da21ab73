import type { Series } from "./report.ts";

/** Points that one line of a chart may have. */
const MOST_POINTS = 240;

/** The line with at most 240 points: means over equal runs of points. */
export function thinned(series: Series): Series {
  const { length } = series.y;
  const run = Math.max(1, Math.ceil(length / MOST_POINTS));
  if (run === 1) return series;
  const count = Math.ceil(length / run);
  const meanOf = (values: ArrayLike<number>) =>
    Array.from({ length: count }, (_, k) => {
      const end = Math.min((k + 1) * run, length);
      let sum = 0;
      for (let i = k * run; i < end; i++) sum += values[i]!;
      return sum / (end - k * run);
    });
  return { ...series, x: meanOf(series.x), y: meanOf(series.y) };
}

/**
 * Running mean over a window of about a fifteenth of the line, centred and cut
 * at the ends, so that it neither lags nor loses the first steps' fall.
 */
export function smoothed(series: Series): Series {
  const { length } = series.y;
  const half = Math.floor(length / 30);
  const y = Array.from({ length }, (_, k) => {
    const reach = Math.min(half, k, length - 1 - k);
    let sum = 0;
    for (let i = k - reach; i <= k + reach; i++) sum += series.y[i]!;
    return sum / (2 * reach + 1);
  });
  return { ...series, y };
}
