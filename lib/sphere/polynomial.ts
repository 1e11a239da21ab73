import { add, mul, scalar, type Tensor } from "../tensor/mod.ts";

/**
 * c[0] + c[1] x + c[2] x^2 + .., by Horner's rule.
 *
 * @param coefficients float64 numbers, lowest power first
 */
export function polynomial(
  x: Tensor,
  coefficients: readonly number[],
): Tensor {
  let y: Tensor = scalar(coefficients.at(-1) ?? 0);
  for (const c of coefficients.slice(0, -1).toReversed()) {
    y = add(mul(y, x), c);
  }
  return y;
}
