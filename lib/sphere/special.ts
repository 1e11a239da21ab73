import {
  add,
  div,
  less,
  log,
  mul,
  select,
  square,
  sub,
  type Tensor,
} from "../tensor/mod.ts";
import { STIRLING, STIRLING_FROM } from "./host_gamma.ts";
import { polynomial } from "./polynomial.ts";
import { withDerivative } from "./with_derivative.ts";

/** Terms of psi and psi' after the leading ones, in powers of 1 / y^2. */
const DIGAMMA = STIRLING.map((c, i) => c * (2 * i + 1));
const TRIGAMMA = DIGAMMA.map((c, i) => c * (2 * i + 2));

/** x moved to where Stirling's series is exact, and whether it was moved. */
interface Shifted {
  readonly y: Tensor;
  readonly moved: Tensor;
  /** x, or 1 where it was not moved. */
  readonly base: Tensor;
}

function shift(x: Tensor): Shifted {
  const moved = less(x, STIRLING_FROM);
  return {
    y: select(moved, add(x, STIRLING_FROM), x),
    moved,
    base: select(moved, x, 1),
  };
}

const STEPS = Array.from({ length: STIRLING_FROM }, (_, j) => j);

/**
 * ln Gamma(x) for x > 0, elementwise; its derivative is {@linkcode digamma}.
 *
 * Within 1e-14 in float64 and 1e-6 in float32 of max(1, |ln Gamma(x)|); for
 * differences of two, which cancel, see {@linkcode gammaRatio}.
 */
export function lgamma(x: Tensor): Tensor {
  const { y, moved, base } = shift(x);
  const product = STEPS.slice(1)
    .reduce((p, j) => mul(p, add(base, j)), base);
  const series = div(polynomial(square(div(1, y)), STIRLING), y);
  const stirling = add(
    add(sub(mul(sub(y, 0.5), log(y)), y), 0.5 * Math.log(2 * Math.PI)),
    series,
  );
  const value = sub(stirling, log(select(moved, product, 1)));
  return withDerivative(x, { value, derivative: digamma(x) });
}

/** psi(x) = (ln Gamma)'(x) for x > 0, elementwise; its derivative is {@linkcode trigamma}. */
export function digamma(x: Tensor): Tensor {
  const { y, moved, base } = shift(x);
  const inverse = div(1, y);
  const v = square(inverse);
  const series = mul(v, polynomial(v, DIGAMMA));
  const far = sub(sub(log(y), mul(inverse, 0.5)), series);
  const steps = STEPS.map((j) => div(1, add(base, j))).reduce(add);
  const value = sub(far, select(moved, steps, 0));
  return withDerivative(x, { value, derivative: trigamma(x) });
}

/** psi'(x) for x > 0, elementwise. */
export function trigamma(x: Tensor): Tensor {
  const { y, moved, base } = shift(x);
  const inverse = div(1, y);
  const v = square(inverse);
  const series = mul(mul(v, inverse), polynomial(v, TRIGAMMA));
  const far = add(add(inverse, mul(v, 0.5)), series);
  const steps = STEPS.map((j) => square(div(1, add(base, j)))).reduce(add);
  return add(far, select(moved, steps, 0));
}
