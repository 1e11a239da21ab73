import type { HostTensor } from "../tensor/mod.ts";
import {
  type Matrix,
  mirrorLower,
  trace,
  zeroMatrix,
} from "./algebra/matrix.ts";
import {
  type Operand,
  operandOf,
  timesTransposed,
  transposed,
} from "./algebra/product.ts";
import { semidefiniteFactor } from "./algebra/semidefinite_factor.ts";
import { symmetricEigenvalues } from "./algebra/symmetric_eigenvalues.ts";
import { Team } from "./algebra/team.ts";
import { type Features, featuresOf, requireEqualWidths } from "./features.ts";

/** Mean and covariance of a set of features, all in float64. */
export interface FeatureMoments {
  /** Number of images. */
  readonly count: number;
  /** Mean [d]. */
  readonly mean: Float64Array;
  /** Sample covariance [d, d], divided by count - 1. */
  readonly covariance: Matrix;
}

/** What may be said of moments. */
export interface MomentOptions {
  /** What messages call the features. */
  readonly name?: string;
  /** Rows that are taken, in any number; all unless given. */
  readonly rows?: ArrayLike<number>;
}

/**
 * Mean and sample covariance (n - 1) of features [n, d].
 *
 * @throws {TypeError} when the tensor is not a float matrix
 * @throws {RangeError} when there are fewer than two rows, or NaN or infinity
 */
export function featureMoments(
  features: HostTensor,
  { name = "features", rows }: MomentOptions = {},
): FeatureMoments {
  return momentsOf(featuresOf(features, name), { name, rows });
}

function momentsOf(
  { rows: all, columns, data }: Features,
  { name, rows }: MomentOptions,
): FeatureMoments {
  const count = rows?.length ?? all;
  if (count < 2) {
    throw new RangeError(
      `Cannot take the covariance of ${name}: ` +
        `expected two or more rows, got ${count}`,
    );
  }
  const mean = new Float64Array(columns);
  for (let i = 0; i < count; i++) {
    const start = (rows ? rows[i]! : i) * columns;
    for (let j = 0; j < columns; j++) mean[j]! += data[start + j]!;
  }
  for (let j = 0; j < columns; j++) mean[j]! /= count;
  const centred: Operand = {
    data,
    rows: columns,
    columns: count,
    rowStride: 1,
    columnStride: columns,
    ...rows && { order: rows },
    shift: mean,
  };
  using team = Team.for(count * columns ** 2 / 2);
  const factors = { a: centred, b: centred, lower: true };
  const covariance = timesTransposed(factors, team);
  mirrorLower(covariance);
  for (let i = 0; i < covariance.data.length; i++) {
    covariance.data[i]! /= count - 1;
  }
  return { count, mean, covariance };
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
  requireEqualWidths(a.mean.length, b.mean.length);
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
  const first = featureMoments(a, { name: "the first set" });
  const second = featureMoments(b, { name: "the second set" });
  return frechetDistanceOfMoments(first, second);
}

function traceOfRoot(s1: Matrix, s2: Matrix): number {
  using team = Team.for(2 * s1.rows ** 3); // with the spectrum
  const { factor, order } = semidefiniteFactor(s1, team); // S1[o, o] = L Lᵀ
  if (factor.columns === 0) return 0;
  // Row j of Lᵀ begins with j zeros.
  const transposedFactor = { ...transposed(operandOf(factor)), upper: true };
  const product = timesTransposed({
    a: operandOf(reordered(s2, order)),
    b: transposedFactor,
  }, team); // S2[o, o] L
  const inner = timesTransposed({
    a: transposedFactor,
    b: transposed(operandOf(product)),
    lower: true,
  }, team); // Lᵀ S2[o, o] L, on and below the diagonal
  let sum = 0;
  // Rounding can leave eigenvalues just below zero.
  for (const value of symmetricEigenvalues(inner, team)) {
    sum += Math.sqrt(Math.max(0, value));
  }
  return sum;
}

/** Rows and columns of a symmetric matrix in another order. */
function reordered({ rows, data }: Matrix, order: Uint32Array): Matrix {
  const result = zeroMatrix(rows, rows);
  for (let i = 0; i < rows; i++) {
    const from = order[i]! * rows;
    for (let j = 0; j < rows; j++) {
      result.data[i * rows + j] = data[from + order[j]!]!;
    }
  }
  return result;
}
