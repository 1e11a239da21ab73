/** Terms of Debye's expansion: with as many, it is within 5e-12 from q = 16 on. */
const TERMS = 8;

/**
 * Polynomials D(k) with ln(sum of u(k)(p) / order^k) = sum of D(k)(p) / order^k,
 * where u(k) are Debye's polynomials (DLMF 10.41.10); D(k) has powers k to 3 k.
 */
const LOG_DEBYE = logDebye(TERMS);

function logDebye(count: number): readonly (readonly number[])[] {
  const u: number[][] = [[1]];
  for (let k = 0; k < count; k++) u.push(nextDebye(u[k]!));
  // From the derivative of exp: k D(k) = k u(k) - sum of j D(j) u(k - j).
  const d: number[][] = [[]];
  for (let k = 1; k <= count; k++) {
    const sum = u[k]!.map((c) => k * c);
    for (let j = 1; j < k; j++) {
      for (const [i, a] of d[j]!.entries()) {
        for (const [l, b] of u[k - j]!.entries()) {
          sum[i + l] = sum[i + l]! - j * a * b;
        }
      }
    }
    d.push(sum.map((c) => c / k));
  }
  return d;
}

/** u(k + 1) = p^2 (1 - p^2) u(k)' / 2 + integral of (1 - 5 t^2) u(k) / 8. */
function nextDebye(u: readonly number[]): number[] {
  const next = new Array<number>(u.length + 3).fill(0);
  for (const [i, a] of u.entries()) {
    next[i + 1] = next[i + 1]! + a * (i / 2 + 1 / (8 * (i + 1)));
    next[i + 3] = next[i + 3]! - a * (i / 2 + 5 / (8 * (i + 3)));
  }
  return next;
}

/**
 * Coefficients of P, a polynomial in h = 1 / q with q^2 = order^2 + kappa^2:
 *
 *   ln I(kappa) = q + order ln(kappa / (order + q)) - ln(2 pi q) / 2 + P(h)
 *
 * Uniform in the order, 0 included, as p = order h.
 */
export function debyeSeries(order: number): number[] {
  const series = new Array<number>(3 * TERMS + 1).fill(0);
  for (const [k, d] of LOG_DEBYE.entries()) {
    for (const [m, c] of d.entries()) {
      if (m >= k) series[m] = series[m]! + c * order ** (m - k);
    }
  }
  return series;
}

/** The derivative of a polynomial. */
export function derivativeOf(coefficients: readonly number[]): number[] {
  return coefficients.slice(1).map((c, i) => (i + 1) * c);
}

/** Q with P(h) - P(h0) = (h - h0) Q(h). */
export function quotientAt(
  coefficients: readonly number[],
  h0: number,
): number[] {
  const quotient: number[] = [];
  let carried = 0;
  for (const c of coefficients.slice(1).toReversed()) {
    carried = carried * h0 + c;
    quotient.unshift(carried);
  }
  return quotient;
}
