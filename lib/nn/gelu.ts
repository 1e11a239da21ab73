import { add, div, erf, mul, type Tensor } from "../tensor/mod.ts";

/** x times the normal distribution's share below x (Hendrycks and Gimpel 2016), exact. */
export function gelu(x: Tensor): Tensor {
  return mul(mul(x, 0.5), add(erf(div(x, Math.SQRT2)), 1));
}
