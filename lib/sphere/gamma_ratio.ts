import {
  add,
  constantArray,
  div,
  less,
  log1p,
  mul,
  reshape,
  scalar,
  select,
  square,
  sub,
  sum,
  type Tensor,
} from "../tensor/mod.ts";
import { polynomial } from "./polynomial.ts";

/**
 * Differences of ln Gamma and its derivatives that do not cancel.
 *
 * R(k) = Gamma(k + start + step) / Gamma(k + start) with step a multiple of 1/2
 * is a finite product of (k + c) and, where step is odd in halves, one ratio
 * Gamma(k + g + 1/2) / Gamma(k + g). That ratio's logarithm is
 * ln(w) / 2 + S(w), w = k + g - 1/4, with an asymptotic series S in 1 / w^2
 * whose coefficients are Euler numbers (DLMF 5.11.8 and 24.4.26). So
 *
 *   ln R(k) = sum of weight ln(k + c) over `terms` + S(k + w0)
 *
 * and what the sphere needs of R are sums of positive terms.
 */
export interface GammaRatio {
  readonly terms: readonly { readonly c: number; readonly weight: number }[];
  /** w at k = 0; absent where step is an integer. */
  readonly w0: number | undefined;
}

/** Euler numbers E(2), E(4), ..: from SERIES_FROM on their series is exact to float64. */
const EULER = [-1, 5, -61, 1385, -50521, 2702765, -199360981] as const;
const SERIES_FROM = 8;

/** Coefficients of v^m, v = 1 / (4 w)^2, in S, w S' and -w^2 S''. */
const SERIES = {
  value: [0, ...EULER.map((e, i) => -e / (4 * (i + 1)))],
  first: [0, ...EULER.map((e) => e / 2)],
  second: [0, ...EULER.map((e, i) => (2 * i + 3) * e / 2)],
} as const;

/**
 * The ratio Gamma(k + start + step) / Gamma(k + start) for k >= 0.
 *
 * @throws {RangeError} when start is not positive or step is no multiple of 1/2
 */
export function gammaRatio(start: number, step: number): GammaRatio {
  if (!(start > 0) || !(step >= 0) || !Number.isInteger(2 * step)) {
    throw new RangeError(
      `Cannot form a ratio of Gammas from ${start} by ${step}: expected a ` +
        `positive start and a step that is a multiple of 1/2`,
    );
  }
  const whole = Math.floor(step);
  const terms = Array.from(
    { length: whole },
    (_, j) => ({ c: start + j, weight: 1 }),
  );
  if (whole === step) return { terms, w0: undefined };
  let g = start + whole;
  for (; g < SERIES_FROM; g++) {
    terms.push({ c: g, weight: 1 }, { c: g + 0.5, weight: -1 });
  }
  return { terms: [...terms, { c: g - 0.25, weight: 0.5 }], w0: g - 0.25 };
}

/** Sum over the ratio's terms of f at k + c. */
function sumTerms(
  k: Tensor,
  { terms }: GammaRatio,
  f: (k: Tensor, c: Tensor) => Tensor,
): Tensor {
  if (terms.length === 0) return mul(k, 0);
  const c = constantArray([terms.length], terms.map((term) => term.c));
  const values = f(reshape(k, [...k.shape, 1]), c);
  const weights = terms.map((term) => term.weight);
  const weighted = weights.every((weight) => weight === 1)
    ? values
    : mul(values, constantArray([terms.length], weights));
  return sum(weighted, { axes: [-1] });
}

interface Tail {
  readonly w: Tensor;
  /** S, w S' or -w^2 S''. */
  readonly series: Tensor;
}

function tail(k: Tensor, w0: number, which: keyof typeof SERIES): Tail {
  const w = add(k, w0);
  const v = square(div(0.25, w));
  return { w, series: polynomial(v, SERIES[which]) };
}

function seriesAt(w: number): number {
  const v = (0.25 / w) ** 2;
  return SERIES.value.reduceRight<number>((sum, c) => sum * v + c, 0);
}

/** ln R(k) - ln R(0): 0 at k = 0, and growing. */
export function logRatioGrowth(k: Tensor, ratio: GammaRatio): Tensor {
  const growth = sumTerms(k, ratio, (k, c) => log1p(div(k, c)));
  if (ratio.w0 === undefined) return growth;
  const { series } = tail(k, ratio.w0, "value");
  return add(growth, sub(series, seriesAt(ratio.w0)));
}

/** (ln R)'(k), the difference of two digammas: positive. */
export function digammaGap(k: Tensor, ratio: GammaRatio): Tensor {
  const gap = sumTerms(k, ratio, (k, c) => div(1, add(k, c)));
  if (ratio.w0 === undefined) return gap;
  const { w, series } = tail(k, ratio.w0, "first");
  return add(gap, div(series, w));
}

/** -(ln R)''(k), the difference of two trigammas: positive. */
export function trigammaGap(k: Tensor, ratio: GammaRatio): Tensor {
  const gap = sumTerms(k, ratio, (k, c) => square(div(1, add(k, c))));
  if (ratio.w0 === undefined) return gap;
  const { w, series } = tail(k, ratio.w0, "second");
  return add(gap, div(series, square(w)));
}

/**
 * ln R(k) - ln R(0) - k (ln R)'(k): the part of a divergence that kappa makes.
 *
 * Every term is ln(1 + x) - x / (1 + x) with x = k / c, a positive function.
 */
export function bregmanGrowth(k: Tensor, ratio: GammaRatio): Tensor {
  const growth = sumTerms(k, ratio, (k, c) => logExcess(div(k, c)));
  if (ratio.w0 === undefined) return growth;
  const value = tail(k, ratio.w0, "value");
  const slope = tail(k, ratio.w0, "first");
  const change = sub(value.series, seriesAt(ratio.w0));
  return add(
    growth,
    sub(change, mul(div(k, slope.w), slope.series)),
  );
}

/** Below this u = x / (2 + x) the series of atanh is exact to 1e-11. */
const SERIES_BELOW = 0.25;
const ATANH = [3, 5, 7, 9, 11, 13, 15].map((n) => 1 / n);

/**
 * ln(1 + x) - x / (1 + x) for x >= 0, to full relative precision.
 *
 * With u = x / (2 + x) it is 2 u^2 / (1 + u) + 2 (atanh(u) - u): both positive.
 */
function logExcess(x: Tensor): Tensor {
  const u = div(x, add(x, 2));
  const square2 = square(u);
  const small = mul(mul(u, square2), polynomial(square2, ATANH));
  const large = sub(mul(log1p(x), 0.5), u);
  const rest = select(less(u, SERIES_BELOW), small, large);
  return mul(add(div(square2, add(u, 1)), rest), scalar(2));
}
