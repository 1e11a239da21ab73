import type { RandomStream } from "./stream.ts";

/** Draws indices with probability proportional to their weights. */
export class WeightedChoice {
  private readonly sums: Float64Array;

  /**
   * Prepares draws in time logarithmic in the number of weights.
   *
   * @throws {RangeError} when a weight is negative or not finite, or all are 0
   */
  constructor(weights: ArrayLike<number>) {
    this.sums = new Float64Array(weights.length);
    let sum = 0;
    for (let index = 0; index < weights.length; index++) {
      const weight = weights[index]!;
      if (!(weight >= 0 && weight < Infinity)) {
        throw new RangeError(
          `Cannot draw with weight ${weight} at ${index}: expected a finite ` +
            `number that is not negative`,
        );
      }
      sum += weight;
      this.sums[index] = sum;
    }
    if (!(sum > 0)) {
      throw new RangeError(
        `Cannot draw from ${weights.length} weights: their sum is ${sum}`,
      );
    }
  }

  /** The next index; one of weight 0 never comes. */
  draw(stream: RandomStream): number {
    const target = stream.uniform() * this.sums[this.sums.length - 1]!;
    let low = 0;
    let high = this.sums.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.sums[middle]! > target) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
