import {
  add,
  div,
  less,
  log,
  log1p,
  maximum,
  minimum,
  mul,
  neg,
  select,
  sqrt,
  square,
  sub,
  type Tensor,
} from "../tensor/mod.ts";
import { debyeSeries, derivativeOf, quotientAt } from "./debye.ts";
import { logGamma } from "./host_gamma.ts";
import { polynomial } from "./polynomial.ts";

/**
 * What directional statistics need of the modified Bessel function I of one
 * order, as functions of kappa >= 0; none overflows, and each is precise where
 * the others cancel. With G = ln(Gamma(order + 1) (2 / kappa)^order I(kappa)):
 */
export interface BesselTerms {
  /** G, from 0 at kappa = 0 on. */
  readonly growth: Tensor;
  /** kappa - G. */
  readonly lag: Tensor;
  /** A = G' = I of the next order / I. */
  readonly ratio: Tensor;
  /** 1 - A. */
  readonly deficit: Tensor;
  /** A'. */
  readonly slope: Tensor;
  /** kappa A - G. */
  readonly divergence: Tensor;
}

/** Debye's expansion is used directly from this kappa on. */
const LARGE_FROM = 20;

/** Below, from an order of at least this, down by recurrence. */
const ORDER_FROM = 16;

/** Bessel terms of a number `order` >= 0, elementwise. */
export function besselTerms(kappa: Tensor, order: number): BesselTerms {
  const small = smallTerms(minimum(kappa, LARGE_FROM), order);
  const large = largeTerms(maximum(kappa, LARGE_FROM), order);
  const isSmall = less(kappa, LARGE_FROM);
  const choose = (name: keyof BesselTerms) =>
    select(isSmall, small[name], large[name]);
  return {
    growth: choose("growth"),
    lag: choose("lag"),
    ratio: choose("ratio"),
    deficit: choose("deficit"),
    slope: choose("slope"),
    divergence: choose("divergence"),
  };
}

/** Terms of an order that the recurrence carries: A = kappa a, A' = a + b. */
interface Carried {
  readonly growth: Tensor;
  readonly a: Tensor;
  readonly b: Tensor;
}

/**
 * Downward recurrence a(j) = 1 / (2 (j + 1) + kappa^2 a(j + 1)) (DLMF 10.29.1)
 * and its derivative; every growth is a sum of positive terms.
 */
function smallTerms(kappa: Tensor, order: number): BesselTerms {
  const steps = Math.max(0, Math.ceil(ORDER_FROM - order));
  const k2 = square(kappa);
  const start = highOrder(k2, order + steps);
  let { a, b } = start;
  let product: Tensor | undefined;
  for (let j = order + steps - 1; j > order - 0.5; j--) {
    const above = mul(k2, a);
    const x = div(above, 2 * (j + 1));
    // (1 + x) (1 + product) - 1, which a product of (1 + x) would round away.
    product = product === undefined ? x : add(product, mul(x, add(product, 1)));
    const next = div(1, add(above, 2 * (j + 1)));
    b = neg(mul(square(next), mul(k2, add(mul(a, 2), b))));
    a = next;
  }
  const growth = product === undefined
    ? start.growth
    : add(start.growth, log1p(product));
  const ratio = mul(kappa, a);
  return {
    growth,
    lag: sub(kappa, growth),
    ratio,
    deficit: sub(1, ratio),
    slope: add(a, b),
    divergence: sub(mul(k2, a), growth),
  };
}

/** Debye's expansion at a high order, written so that small kappa is exact. */
function highOrder(k2: Tensor, order: number): Carried {
  const series = debyeSeries(order);
  const first = derivativeOf(series);
  const q = sqrt(add(k2, order * order));
  const h = div(1, q);
  const outer = add(q, order);
  const excess = div(k2, outer); // q - order
  const logs = add(
    mul(log1p(mul(excess, 0.5 / order)), order),
    mul(log1p(mul(excess, 1 / order)), 0.5),
  );
  const quotient = polynomial(h, quotientAt(series, 1 / order));
  const change = mul(mul(mul(excess, h), 1 / order), quotient);
  const h2 = square(h);
  const p1 = polynomial(h, first);
  const p2 = polynomial(h, derivativeOf(first));
  const third = add(mul(p1, 3), mul(h, p2));
  return {
    growth: sub(sub(excess, logs), change),
    a: sub(sub(div(1, outer), mul(h2, 0.5)), mul(mul(h2, h), p1)),
    b: mul(
      k2,
      add(
        sub(square(h2), div(h, square(outer))),
        mul(mul(square(h2), h), third),
      ),
    ),
  };
}

/** Debye's expansion at the order itself, with what is near kappa or 1 apart. */
function largeTerms(kappa: Tensor, order: number): BesselTerms {
  const series = debyeSeries(order);
  const first = derivativeOf(series);
  const square0 = order * order;
  const q = sqrt(add(square(kappa), square0));
  const h = div(1, q);
  const h2 = square(h);
  const p = polynomial(h, series);
  const p1 = polynomial(h, first);
  const p2 = polynomial(h, derivativeOf(first));
  const inner = div(1, add(kappa, q));
  const excess = mul(inner, square0); // q - kappa
  const share = mul(square(kappa), h2); // 1 - order^2 / q^2
  const half = add(mul(h, p1), 0.5);
  const constant = logGamma(order + 1) - 0.5 * Math.log(2 * Math.PI);
  const logs = add(
    mul(log(mul(add(q, order), 0.5)), order),
    mul(log(q), 0.5),
  );
  const lag = sub(sub(sub(logs, excess), p), constant);
  // s = kappa (1 - A), which tends to order + 1/2, and its derivative.
  const s = add(sub(order, excess), mul(share, half));
  const slopeOfShare = mul(mul(mul(kappa, square(h2)), half), 2 * square0);
  const slopeOfHalf = mul(
    mul(mul(share, kappa), mul(h2, h)),
    add(p1, mul(h, p2)),
  );
  const ds = sub(add(mul(excess, h), slopeOfShare), slopeOfHalf);
  const deficit = div(s, kappa);
  return {
    growth: sub(kappa, lag),
    lag,
    ratio: sub(1, deficit),
    deficit,
    slope: div(sub(s, mul(kappa, ds)), square(kappa)),
    divergence: sub(lag, s),
  };
}
