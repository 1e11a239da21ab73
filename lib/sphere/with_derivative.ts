import { add, mul, stopGradient, sub, type Tensor } from "../tensor/mod.ts";

/** A function of x and its elementwise derivative, both of x's shape. */
export interface WithDerivative {
  readonly value: Tensor;
  readonly derivative: Tensor;
}

/**
 * `value` with `derivative` as its gradient with respect to `x`, whatever the
 * graph of `value` says: for derivatives that have a better formula, and for
 * draws, whose gradient is implicit (Figurnov et al. 2018).
 *
 * Once differentiable: the gradient itself is a constant of x.
 */
export function withDerivative(
  x: Tensor,
  { value, derivative }: WithDerivative,
): Tensor {
  // x - x is exactly 0 in every precision, so the value is untouched.
  const step = sub(x, stopGradient(x));
  return add(stopGradient(value), mul(stopGradient(derivative), step));
}
