import type { HostTensor } from "../tensor/mod.ts";
import { featureMatrix } from "./features.ts";
import type { Matrix } from "./matrix.ts";

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
  const x = featureMatrix(logits, "logits");
  if (x.rows === 0) {
    throw new RangeError("Cannot score logits: expected one or more rows");
  }
  const logP = logSoftmax(x);
  let sum = 0;
  let splits = 0;
  for (let start = 0; start < x.rows; start += split) {
    const end = Math.min(start + split, x.rows);
    sum += Math.exp(meanDivergence(logP, { start, end }));
    splits++;
  }
  return sum / splits;
}

function logSoftmax(x: Matrix): Matrix {
  const data = new Float64Array(x.data.length);
  for (let i = 0; i < x.rows; i++) {
    const row = x.data.subarray(i * x.columns, (i + 1) * x.columns);
    const top = row.reduce((a, b) => Math.max(a, b), -Infinity);
    const sum = row.reduce((total, value) => total + Math.exp(value - top), 0);
    const shift = top + Math.log(sum);
    row.forEach((value, j) => data[i * x.columns + j] = value - shift);
  }
  return { ...x, data };
}

/** Mean over rows start..end of KL(p(y|x) || mean of p over these rows). */
function meanDivergence(
  logP: Matrix,
  { start, end }: { readonly start: number; readonly end: number },
): number {
  const { columns, data } = logP;
  const marginal = new Float64Array(columns);
  let negativeEntropy = 0;
  for (let k = start * columns; k < end * columns; k++) {
    const p = Math.exp(data[k]!);
    marginal[k % columns]! += p;
    negativeEntropy += p * data[k]!;
  }
  const rows = end - start;
  const crossTerm = marginal.reduce(
    (sum, mass) => mass > 0 ? sum + mass * Math.log(mass / rows) : sum,
    0,
  );
  return (negativeEntropy - crossTerm) / rows;
}
