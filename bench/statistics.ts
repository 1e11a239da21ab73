/** Times of one contestant. */
export interface Times {
  /** Seconds. */
  readonly min: number;
  /** Seconds. */
  readonly median: number;
  /** Measured times. */
  readonly runs: number;
}

/** How many times faster one contestant is than another. */
export interface Ratio {
  readonly min: number;
  readonly median: number;
}

const DIGITS = 4;

/** A number with as many digits as a measurement deserves. */
export function rounded(value: number): number {
  return Number(value.toPrecision(DIGITS));
}

/**
 * Smallest and middle of some times; the larger middle of an even number.
 *
 * @throws {RangeError} when there are none
 */
export function timesOf(seconds: readonly number[]): Times {
  if (seconds.length === 0) {
    throw new RangeError("Cannot describe times: there are none");
  }
  const sorted = [...seconds].sort((a, b) => a - b);
  return {
    min: rounded(sorted[0]!),
    median: rounded(sorted[sorted.length >> 1]!),
    runs: sorted.length,
  };
}

/** Times of the peer over ours: above 1 where we are faster. */
export function ratioOf(peer: Times, ours: Times): Ratio {
  return {
    min: rounded(peer.min / ours.min),
    median: rounded(peer.median / ours.median),
  };
}
