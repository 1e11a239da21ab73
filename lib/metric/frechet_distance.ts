import type { HostTensor } from "../tensor/mod.ts";
import { featureMatrix } from "./features.ts";
import {
  type Matrix,
  timesTransposed,
  trace,
  transpose,
  zeroMatrix,
} from "./matrix.ts";
import { semidefiniteFactor } from "./semidefinite_factor.ts";
import { symmetricEigenvalues } from "./symmetric_eigenvalues.ts";

/** Mean and covariance of a set of features, all in float64. */
export interface FeatureMoments {
  /** Number of images. */
  readonly count: number;
  /** Mean [d]. */
  readonly mean: Float64Array;
  /** Sample covariance [d, d], divided by count - 1. */
  readonly covariance: Matrix;
}

/**
 * Mean and sample covariance (n - 1) of features [n, d].
 *
 * @throws {TypeError} when the tensor is not a float matrix
 * @throws {RangeError} when there are fewer than two rows, or NaN or infinity
 */
export function featureMoments(
  features: HostTensor,
  name = "features",
): FeatureMoments {
  const x = featureMatrix(features, name);
  if (x.rows < 2) {
    throw new RangeError(
      `Cannot take the covariance of ${name}: ` +
        `expected two or more rows, got ${x.rows}`,
    );
  }
  const mean = columnMeans(x);
  const centred = transpose(x);
  for (let j = 0; j < x.columns; j++) {
    const row = centred.data.subarray(j * x.rows, (j + 1) * x.rows);
    for (let i = 0; i < row.length; i++) row[i]! -= mean[j]!;
  }
  const covariance = timesTransposed(centred, centred);
  const { data } = covariance;
  for (let i = 0; i < data.length; i++) data[i]! /= x.rows - 1;
  return { count: x.rows, mean, covariance };
}

function columnMeans(x: Matrix): Float64Array {
  const mean = new Float64Array(x.columns);
  for (let i = 0; i < x.rows; i++) {
    for (let j = 0; j < x.columns; j++) mean[j]! += x.data[i * x.columns + j]!;
  }
  for (let j = 0; j < x.columns; j++) mean[j]! /= x.rows;
  return mean;
}

/**
 * Frechet distance of two Gaussians,
 * |mu1 - mu2|² + tr S1 + tr S2 - 2 tr sqrt(S1 S2)
 * (Dowson and Landau 1982; Heusel et al. 2017, equation 6).
 *
 * With S1 = L Lᵀ the root's trace is the sum of the square roots of the
 * eigenvalues of Lᵀ S2 L, which is symmetric.
 *
 * Departure: the reference evaluator adds 1e-6 to both diagonals where its
 * matrix root is not finite. The pivoted factor exists for every covariance,
 * so nothing is added, and a set against itself scores 0 at any rank.
 *
 * @throws {TypeError} when the feature widths differ
 */
export function frechetDistanceOfMoments(
  a: FeatureMoments,
  b: FeatureMoments,
): number {
  if (a.mean.length !== b.mean.length) {
    throw new TypeError(
      `Cannot compare features: widths are ${a.mean.length} and ${b.mean.length}`,
    );
  }
  let distance = trace(a.covariance) + trace(b.covariance);
  for (let j = 0; j < a.mean.length; j++) {
    distance += (a.mean[j]! - b.mean[j]!) ** 2;
  }
  // Fewer rows, lower rank: fewer eigenvalues that are only rounding.
  const [first, second] = a.count <= b.count ? [a, b] : [b, a];
  return distance - 2 * traceOfRoot(first.covariance, second.covariance);
}

/**
 * Frechet distance of two feature sets [n, d] and [m, d] (f32 or f64).
 *
 * The name of the score follows the features: it is FID only on pool_3 of the
 * Inception network of 2015-12-05.
 *
 * @throws {TypeError} when the shapes do not fit
 * @throws {RangeError} when a set has fewer than two rows, or NaN or infinity
 */
export function frechetDistance(a: HostTensor, b: HostTensor): number {
  const first = featureMoments(a, "the first set");
  return frechetDistanceOfMoments(first, featureMoments(b, "the second set"));
}

function traceOfRoot(s1: Matrix, s2: Matrix): number {
  const factor = transpose(semidefiniteFactor(s1)); // Lᵀ [rank, d]
  if (factor.rows === 0) return 0;
  const product = timesTransposed(factor, s2); // Lᵀ S2 [rank, d]
  const inner = symmetric(timesTransposed(product, factor)); // Lᵀ S2 L
  let sum = 0;
  // Rounding can leave eigenvalues just below zero.
  for (const value of symmetricEigenvalues(inner)) {
    sum += Math.sqrt(Math.max(0, value));
  }
  return sum;
}

/** The mean of a matrix and its transpose: rounding made them differ. */
function symmetric(a: Matrix): Matrix {
  const result = zeroMatrix(a.rows, a.rows);
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < a.rows; j++) {
      result.data[i * a.rows + j] =
        (a.data[i * a.rows + j]! + a.data[j * a.rows + i]!) / 2;
    }
  }
  return result;
}
