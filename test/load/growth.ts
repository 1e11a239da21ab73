/** What memory does while the same is asked of a server. */
export interface Growth {
  /** Median of the first quarter. */
  readonly first: number;
  /** Median of the last quarter. */
  readonly last: number;
  readonly largest: number;
}

/**
 * How sizes grow, by medians: collections and batches move them up and down by
 * more than a leak would in the same time.
 */
export function growthOf(sizes: readonly number[]): Growth {
  const quarter = Math.ceil(sizes.length / 4);
  return {
    first: median(sizes.slice(0, quarter)),
    last: median(sizes.slice(-quarter)),
    largest: Math.max(...sizes),
  };
}

function median(sizes: readonly number[]): number {
  const sorted = sizes.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}
