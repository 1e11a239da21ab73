import type { HostTensor } from "../tensor/mod.ts";
import { type Features, featuresOf } from "./features.ts";

/** Images of one split in the ADM protocol. */
export const INCEPTION_SCORE_SPLIT = 5000;

/**
 * Inception score of logits [n, classes]: the mean over splits of
 * exp(mean KL(p(y|x) || p(y))) with p(y) the mean of its split
 * (Salimans et al. 2016, section 4). The last split may be shorter.
 *
 * @throws {TypeError} when the tensor is not a float matrix
 * @throws {RangeError} when it is empty, or NaN or infinity
 */
export function inceptionScore(
  logits: HostTensor,
  { split = INCEPTION_SCORE_SPLIT }: { readonly split?: number } = {},
): number {
  const x = featuresOf(logits, "logits");
  if (x.rows === 0) {
    throw new RangeError("Cannot score logits: expected one or more rows");
  }
  let sum = 0;
  let splits = 0;
  for (let start = 0; start < x.rows; start += split) {
    const end = Math.min(start + split, x.rows);
    sum += Math.exp(meanDivergence(x, { start, end }));
    splits++;
  }
  return sum / splits;
}

/** Mean over rows start..end of KL(p(y|x) || mean of p over these rows). */
function meanDivergence(
  { columns, data }: Features,
  { start, end }: { readonly start: number; readonly end: number },
): number {
  const marginal = new Float64Array(columns);
  let negativeEntropy = 0;
  for (let i = start; i < end; i++) {
    const row = data.subarray(i * columns, (i + 1) * columns);
    let top = -Infinity;
    for (const logit of row) top = Math.max(top, logit);
    let sum = 0;
    for (const logit of row) sum += Math.exp(logit - top);
    const shift = top + Math.log(sum);
    for (let k = 0; k < columns; k++) {
      const logP = row[k]! - shift;
      const p = Math.exp(logP);
      marginal[k]! += p;
      negativeEntropy += p * logP;
    }
  }
  const rows = end - start;
  const crossTerm = marginal.reduce(
    (sum, mass) => mass > 0 ? sum + mass * Math.log(mass / rows) : sum,
    0,
  );
  return (negativeEntropy - crossTerm) / rows;
}
