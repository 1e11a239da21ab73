import {
  abs,
  add,
  constantArray,
  div,
  exp,
  expm1,
  less,
  log1p,
  max,
  maximum,
  mul,
  neg,
  reshape,
  select,
  sub,
  sum,
  type Tensor,
} from "../tensor/mod.ts";
import { besselTerms } from "./bessel.ts";
import { DRAW_EPSILON } from "./beta_draw.ts";
import { gaussLegendre } from "./quadrature.ts";
import { checkDimension } from "./sphere.ts";

/** A draw c of the von Mises-Fisher cosine with the mean, 1 - c and 1 + c apart. */
export interface CosineDraw {
  readonly cosine: Tensor;
  /** 1 - c, where it is known better than by subtracting in float32. */
  readonly below?: Tensor;
  /** 1 + c, likewise. */
  readonly above?: Tensor;
  readonly kappa: Tensor;
  /** Dimension of the space around the sphere. */
  readonly d: number;
}

/** The integrals stop where their integrand has fallen by e^-28, about 1e-12. */
const FALL = 28;

/** Places at which the fall is looked up, spaced evenly in ln y. */
const PLACES = 40;
const [NEAREST, FARTHEST] = [1e-3, 60];

/** Nodes of the integrals: within 1e-10 for kappa 0.01..3000. */
function nodesFor(d: number): number {
  return d === 2 ? 64 : 48;
}

/** What is integrated: see {@linkcode cosineDrawGradient}. */
interface Side {
  /** (mean of the cosine) - c, in size. */
  readonly gap: Tensor;
  /** Distance of c from the end to which the integral runs, and from the other. */
  readonly near: Tensor;
  readonly far: Tensor;
  /** kappa from -1 to c, -kappa from c to 1. */
  readonly signed: Tensor;
  readonly d: number;
}

/**
 * dw/dkappa of a von Mises-Fisher cosine at a fixed quantile: the implicit
 * reparameterisation gradient -(dF/dkappa) / p(w), elementwise.
 *
 * -dF/dkappa is the integral of (A - t) p(t) from -1 to c, or of (t - A) p(t)
 * from c to 1; the first is taken where c lies below the mean A, so that nothing
 * cancels. Within 1e-10 of the exact value in float64.
 *
 * @param draw c and kappa of one shape
 */
export function cosineDrawGradient(draw: CosineDraw): Tensor {
  const side = sideOf(draw);
  const { nodes, weights } = gaussLegendre(nodesFor(draw.d));
  const reach = reachOf(side);
  const y = mul(column(reach), constantArray([nodes.length], nodes));
  const { exponent, drop } = integrand(side, y);
  const distance = add(column(side.gap), drop);
  const terms = mul(
    mul(exp(exponent), distance),
    constantArray([weights.length], weights),
  );
  const area = mul(mul(side.near, side.far), reach);
  return mul(area, sum(terms, { axes: [-1] }));
}

function column(x: Tensor): Tensor {
  return reshape(x, [...x.shape, 1]);
}

function sideOf({ cosine, kappa, d, ...given }: CosineDraw): Side {
  checkDimension(d);
  const below = maximum(given.below ?? sub(1, cosine), DRAW_EPSILON);
  const above = maximum(given.above ?? add(1, cosine), DRAW_EPSILON);
  const gap = sub(below, besselTerms(kappa, d / 2 - 1).deficit);
  const lower = less(0, gap);
  return {
    gap: abs(gap),
    near: select(lower, above, below),
    far: select(lower, below, above),
    signed: select(lower, kappa, neg(kappa)),
    d,
  };
}

/**
 * The density over that at c, and |t - c|, at y >= 0 with t = -tanh(x), x moved
 * by y from c towards the near end: smooth, and falling at least as e^-(d-1)y.
 *
 * @param y [.., places]
 */
function integrand(
  { near, far, signed, d }: Side,
  y: Tensor,
): { exponent: Tensor; drop: Tensor } {
  const twice = mul(y, 2);
  const odds = column(div(far, near));
  const moved = div(neg(expm1(neg(twice))), add(exp(neg(twice)), odds));
  const drop = mul(column(far), moved);
  const exponent = sub(
    mul(sub(log1p(moved), y), d - 1),
    mul(column(signed), drop),
  );
  return { exponent, drop };
}

/** The nearest of the places by which the integrand has fallen by e^-FALL. */
function reachOf(side: Side): Tensor {
  const step = Math.log(FARTHEST / NEAREST) / (PLACES - 1);
  const places = Array.from(
    { length: PLACES },
    (_, i) => NEAREST * Math.exp(i * step),
  );
  const y = constantArray([PLACES], places);
  const { exponent } = integrand(side, y);
  const fallen = less(exponent, -FALL);
  return neg(max(select(fallen, neg(y), -FARTHEST), { axes: [-1] }));
}
