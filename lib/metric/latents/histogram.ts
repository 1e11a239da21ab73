/** How many of some numbers lie between bounds. */
export interface Histogram {
  /** bins + 1 bounds, rising. */
  readonly bounds: Float64Array;
  /** Numbers in each bin; the last one holds its upper bound too. */
  readonly counts: Uint32Array;
}

/**
 * Counts numbers in bins of equal width, or of equal ratio where `log` is set,
 * from the least to the greatest of them.
 *
 * @throws {RangeError} when there are no numbers, one is not finite, or with
 *   `log` one is not above 0
 */
export function histogram(
  values: ArrayLike<number>,
  { bins, log = false }: { readonly bins: number; readonly log?: boolean },
): Histogram {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value) || (log && value <= 0)) {
      throw new RangeError(`Cannot count ${value} in a histogram`);
    }
    [low, high] = [Math.min(low, value), Math.max(high, value)];
  }
  if (values.length === 0) {
    throw new RangeError("Cannot make a histogram of no numbers");
  }
  const scale = log ? Math.log : (x: number) => x;
  const [from, to] = [scale(low), scale(high)];
  const width = (to - from) / bins;
  const counts = new Uint32Array(bins);
  for (let i = 0; i < values.length; i++) {
    const bin = width > 0 ? Math.floor((scale(values[i]!) - from) / width) : 0;
    counts[Math.min(Math.max(bin, 0), bins - 1)]!++;
  }
  const bounds = Float64Array.from({ length: bins + 1 }, (_, i) => {
    const at = from + i * width;
    return log ? Math.exp(at) : at;
  });
  return { bounds, counts };
}
