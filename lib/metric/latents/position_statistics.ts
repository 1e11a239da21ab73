import { tokenNorm, type TokenSet } from "./token_set.ts";

/** Figures of each position of a sequence of tokens. */
export interface PositionStatistics {
  /** Mean length of the tokens there. */
  readonly norm: Float64Array;
  /** Standard deviation of that length over images. */
  readonly normDeviation: Float64Array;
  /** Variance over images, the mean of a token's d numbers. */
  readonly variance: Float64Array;
}

/**
 * Length and variance of tokens by their position k. Along AR decoding without
 * a constant norm they drift, under guidance most of all: the paper's variance
 * collapse (Sections 1 and 3.1). Deviation and variance divide by n.
 */
export function positionStatistics(set: TokenSet): PositionStatistics {
  const of = (figure: (k: number) => number) =>
    Float64Array.from({ length: set.tokens }, (_, k) => figure(k));
  const norms = Array.from(
    { length: set.tokens },
    (_, k) => moments(set.images, (image) => tokenNorm(set, { image, k })),
  );
  return {
    norm: of((k) => norms[k]!.mean),
    normDeviation: of((k) => Math.sqrt(norms[k]!.variance)),
    variance: of((k) => varianceAt(set, k)),
  };
}

function varianceAt({ images, tokens, d, data }: TokenSet, k: number): number {
  let sum = 0;
  for (let i = 0; i < d; i++) {
    const at = (image: number) => data[(image * tokens + k) * d + i]!;
    sum += moments(images, at).variance;
  }
  return sum / d;
}

/** Mean and variance of `count` numbers, in two passes. */
function moments(
  count: number,
  at: (index: number) => number,
): { mean: number; variance: number } {
  let mean = 0;
  for (let i = 0; i < count; i++) mean += at(i) / count;
  let variance = 0;
  for (let i = 0; i < count; i++) variance += (at(i) - mean) ** 2 / count;
  return { mean, variance };
}
