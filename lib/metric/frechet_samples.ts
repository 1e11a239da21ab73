import { RandomStream } from "../random/mod.ts";
import type { HostTensor } from "../tensor/mod.ts";
import {
  type FeatureMoments,
  featureMoments,
  frechetDistanceOfMoments,
} from "./frechet_distance.ts";

/** Resamplings of an interval: its width is then known to a tenth. */
export const FRECHET_RESAMPLES = 50;

/** Sizes of subsets that a line is drawn through, after its authors. */
export const FRECHET_POINTS = 15;

/** Smallest subset for the line, or a tenth of fewer samples than ten of it. */
const FIRST_POINT = 5000;

/** Normal deviations that hold 95 %. */
const DEVIATIONS_95 = 1.96;

/** What a distance depends on, and how long work is watched. */
export interface FrechetSampling {
  /** Features [n, d]. */
  readonly samples: HostTensor;
  readonly reference: FeatureMoments;
  readonly seed: number;
  readonly signal?: AbortSignal;
  /** Told after each distance. */
  readonly onDistance?: () => void;
}

/** Where a figure lies with a probability of 95 %. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * Interval of 95 % around a Fréchet distance, for the chance that made the
 * samples: 1.96 standard deviations of the distances of resamples to either
 * side (Efron and Tibshirani, "An introduction to the bootstrap", 1993, section
 * 12.2). Their percentiles would not do: a resample repeats rows, which makes
 * every one of these distances too large.
 *
 * @throws {RangeError} when there are fewer than two samples
 */
export async function frechetInterval(
  { samples, reference, seed, signal, onDistance }: FrechetSampling,
  resamples = FRECHET_RESAMPLES,
): Promise<Interval> {
  const count = samples.shape[0]!;
  const distances: number[] = [];
  for (let row = 0; row < resamples; row++) {
    await breathe(signal);
    const draws = new RandomStream({ seed, stream: "bootstrap", row });
    const rows = Uint32Array.from(
      { length: count },
      () => draws.integer(count),
    );
    const moments = featureMoments(samples, { name: "the samples", rows });
    distances.push(frechetDistanceOfMoments(moments, reference));
    onDistance?.();
  }
  const mean = distances.reduce((a, b) => a + b) / resamples;
  const squares = distances.reduce((sum, one) => sum + (one - mean) ** 2, 0);
  const reach = DEVIATIONS_95 * Math.sqrt(squares / (resamples - 1));
  const whole = featureMoments(samples, { name: "the samples" });
  const distance = frechetDistanceOfMoments(whole, reference);
  return { low: distance - reach, high: distance + reach };
}

/**
 * The Fréchet distance of infinitely many samples: distances of subsets of n
 * samples lie on a line over 1 / n, which is followed to 0 (Chong and Forsyth
 * 2020, "Effectively unbiased FID and inception score and where to find them",
 * section 3). Subsets are chosen by chance anew at every size.
 *
 * @throws {RangeError} when there are fewer than twenty samples
 */
export async function frechetLimit(
  { samples, reference, seed, signal, onDistance }: FrechetSampling,
): Promise<number> {
  const count = samples.shape[0]!;
  const first = Math.min(FIRST_POINT, Math.floor(count / 10));
  if (first < 2) {
    throw new RangeError(
      `Cannot follow a distance to infinitely many samples: expected 20 or ` +
        `more of them, got ${count}`,
    );
  }
  const points: Point[] = [];
  for (let row = 0; row < FRECHET_POINTS; row++) {
    await breathe(signal);
    const share = row / (FRECHET_POINTS - 1);
    const n = Math.round(first + share * (count - first));
    const rows = new RandomStream({ seed, stream: "subsets", row })
      .permutation(count).subarray(0, n);
    const moments = featureMoments(samples, { name: "the samples", rows });
    points.push({ x: 1 / n, y: frechetDistanceOfMoments(moments, reference) });
    onDistance?.();
  }
  return atZero(points);
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Value at x = 0 of the line with the least squared distances in y. */
function atZero(points: readonly Point[]): number {
  const meanOf = (value: (point: Point) => number) =>
    points.reduce((sum, point) => sum + value(point), 0) / points.length;
  const [x, y] = [meanOf((point) => point.x), meanOf((point) => point.y)];
  const slope = meanOf((point) => (point.x - x) * (point.y - y)) /
    meanOf((point) => (point.x - x) ** 2);
  return y - slope * x;
}

/** Lets other work have a turn. */
async function breathe(signal: AbortSignal | undefined): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve));
  signal?.throwIfAborted();
}
