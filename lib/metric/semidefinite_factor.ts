import { dot, type Matrix, zeroMatrix } from "./matrix.ts";

/**
 * Factor L [n, rank] of a symmetric positive semidefinite matrix, S = L Lᵀ.
 *
 * Cholesky with diagonal pivoting (Higham, "Analysis of the Cholesky
 * decomposition of a semi-definite matrix", 1990), which ends at the numerical
 * rank instead of failing. Rows of L stay in the order of S, so no permutation
 * has to be carried along.
 */
export function semidefiniteFactor(s: Matrix): Matrix {
  const n = s.rows;
  const factor = zeroMatrix(n, n);
  const residual = Float64Array.from(
    { length: n },
    (_, i) => s.data[i * n + i]!,
  );
  const floor = n * Number.EPSILON * Math.max(0, ...residual);
  let rank = 0;
  for (; rank < n; rank++) {
    const pivot = largest(residual);
    if (!(residual[pivot]! > floor)) break;
    eliminate({ s, factor, residual, pivot, column: rank });
  }
  return firstColumns(factor, rank);
}

function largest(values: Float64Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) {
    if (values[i]! > values[best]!) best = i;
  }
  return best;
}

interface Step {
  readonly s: Matrix;
  readonly factor: Matrix;
  /** Diagonal of what is left to factor; -Infinity where a pivot was taken. */
  readonly residual: Float64Array;
  readonly pivot: number;
  readonly column: number;
}

function eliminate({ s, factor, residual, pivot, column }: Step): void {
  const n = s.rows;
  const diagonal = Math.sqrt(residual[pivot]!);
  for (let i = 0; i < n; i++) {
    if (residual[i] === -Infinity || i === pivot) continue;
    const known = dot(factor.data, factor.data, {
      startA: i * n,
      startB: pivot * n,
      length: column,
    });
    const value = (s.data[i * n + pivot]! - known) / diagonal;
    factor.data[i * n + column] = value;
    residual[i]! -= value * value;
  }
  factor.data[pivot * n + column] = diagonal;
  residual[pivot] = -Infinity;
}

function firstColumns(a: Matrix, columns: number): Matrix {
  const result = zeroMatrix(a.rows, columns);
  for (let i = 0; i < a.rows; i++) {
    const start = i * a.columns;
    result.data.set(a.data.subarray(start, start + columns), i * columns);
  }
  return result;
}
