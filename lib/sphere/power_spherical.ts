import {
  add,
  div,
  less,
  log,
  log1p,
  maximum,
  mul,
  neg,
  normal,
  reshape,
  select,
  sqrt,
  stopGradient,
  sub,
  type Tensor,
} from "../tensor/mod.ts";
import { betaDrawGradient, DRAW_EPSILON } from "./beta_draw.ts";
import { type DrawSource, gammaDraw } from "./gamma_draw.ts";
import {
  bregmanGrowth,
  type GammaRatio,
  gammaRatio,
  logRatioGrowth,
  trigammaGap,
} from "./gamma_ratio.ts";
import { aroundMean } from "./householder.ts";
import { checkDimension, logSphereArea, squaredNorm } from "./sphere.ts";
import { withDerivative } from "./with_derivative.ts";

/** Parameters of a law on the sphere, rotationally symmetric about a mean. */
export interface DirectionalLaw {
  /** Mean direction [.., d], unit length. */
  readonly mu: Tensor;
  /** Concentration [..], at least 0. */
  readonly kappa: Tensor;
}

/**
 * The ratio Gamma(alpha + beta) / Gamma(alpha), with alpha = kappa + beta and
 * beta = (d - 1) / 2: everything but constants that kappa does to the
 * Power Spherical law (De Cao and Aziz 2020).
 */
function ratioOf(d: number): GammaRatio {
  checkDimension(d);
  return gammaRatio((d - 1) / 2, (d - 1) / 2);
}

/**
 * ln of the Power Spherical law's normaliser Z_d(kappa), elementwise:
 * -((alpha + beta) ln 2 + beta ln pi + ln Gamma(alpha) - ln Gamma(alpha + beta)).
 */
export function logNormalizer(kappa: Tensor, d: number): Tensor {
  const growth = logRatioGrowth(kappa, ratioOf(d));
  return sub(sub(growth, mul(kappa, Math.LN2)), logSphereArea(d));
}

/**
 * Divergence KL(q || uniform) of the Power Spherical law (Section 3.1),
 * elementwise.
 *
 * A sum of positive terms from kappa = 0 on: within 3e-12 of the exact value in
 * float64 and 3e-6 in float32, relative, for kappa 0.01..3000 and d 2..64. Its
 * derivative kappa (trigamma(alpha) - trigamma(alpha + beta)) is given in closed
 * form, within 1e-14 and 3e-6.
 */
export function klToUniform(kappa: Tensor, d: number): Tensor {
  const ratio = ratioOf(d);
  return withDerivative(kappa, {
    value: bregmanGrowth(kappa, ratio),
    derivative: mul(kappa, trigammaGap(kappa, ratio)),
  });
}

/** Differential entropy of the Power Spherical law, elementwise: ln area - KL. */
export function entropy(kappa: Tensor, d: number): Tensor {
  return sub(logSphereArea(d), klToUniform(kappa, d));
}

/** Mean cosine (alpha - beta) / (alpha + beta) = kappa / (kappa + d - 1). */
export function meanCosine(kappa: Tensor, d: number): Tensor {
  checkDimension(d);
  return div(kappa, add(kappa, d - 1));
}

/**
 * ln q(x) = ln Z_d(kappa) + kappa ln(1 + mu x) (Eq. 4).
 *
 * ln((1 + mu x) / 2) is taken from |x - mu| near the mean, where 1 + mu x has
 * lost what kappa multiplies. So gradients by x and mu hold along the sphere.
 *
 * @param x [.., d], unit length
 * @returns [..]
 */
export function logDensity(x: Tensor, { mu, kappa }: DirectionalLaw): Tensor {
  const d = mu.shape.at(-1)!;
  const shape = squaredNorm(sub(x, mu)).shape.slice(0, -1);
  const near = mul(reshape(squaredNorm(sub(x, mu)), shape), 0.25);
  const far = mul(reshape(squaredNorm(add(x, mu)), shape), 0.25);
  const isNear = less(near, 0.5);
  const logHalf = add(
    log1p(neg(select(isNear, near, 0))),
    log(select(isNear, 1, far)),
  );
  const growth = logRatioGrowth(kappa, ratioOf(d));
  return add(sub(growth, logSphereArea(d)), mul(kappa, logHalf));
}

/** The draws that a sample is made from, with the law's parameters. */
export interface GivenDraws extends DirectionalLaw {
  /** C [..], a draw of Beta(kappa + (d - 1) / 2, (d - 1) / 2). */
  readonly betaDraw: Tensor;
  /** 1 - C, where it is known better than by subtracting. */
  readonly complement?: Tensor;
  /** [.., d - 1], standard normal. */
  readonly tangentNormal: Tensor;
  /** Whether gradients flow to kappa through the Beta draw; default true. */
  readonly differentiable?: boolean;
}

/**
 * The unit vector at cosine c = 2 C - 1 to mu that given draws make, C of the
 * Beta law and a tangent direction.
 *
 * Gradients flow to mu, and to kappa through the Beta draw (implicitly), for
 * which `betaDraw` itself counts as a constant.
 *
 * @returns [.., d]
 */
export function sampleFromDraws(
  { mu, kappa, betaDraw, tangentNormal, ...options }: GivenDraws,
): Tensor {
  const d = mu.shape.at(-1)!;
  const drawn = betaDraw;
  const left = options.complement ?? sub(1, betaDraw);
  let [C, rest] = [stopGradient(drawn), stopGradient(left)];
  if (options.differentiable ?? true) {
    const derivative = betaDrawGradient({ C, complement: rest, kappa, d });
    C = withDerivative(kappa, { value: drawn, derivative });
    rest = withDerivative(kappa, { value: left, derivative: neg(derivative) });
  }
  const column = [...kappa.shape, 1];
  // 1 - c^2 = 4 C (1 - C): subtracting c^2 in float32 would lose it at large kappa.
  const product = maximum(mul(C, rest), DRAW_EPSILON);
  return aroundMean(mu, {
    cosine: reshape(sub(C, rest), column),
    sine: reshape(mul(sqrt(product), 2), column),
    tangentNormal,
  });
}

/**
 * A reparameterised sample of the Power Spherical law, [rows, .., d].
 *
 * The Beta draw C (Eq. 5) is g1 / (g1 + g2) with g1 of Gamma(alpha) and g2 of
 * Gamma((d - 1) / 2); g2 is half the squared length of the tangent normal,
 * which is independent of its direction: exact, and free.
 *
 * @param law mu [rows, .., d] and kappa [rows, ..]
 * @param draws the random source has one row number per row; four streams are
 *   used from `stream` on
 */
export function samplePowerSpherical(
  { mu, kappa }: DirectionalLaw,
  draws: DrawSource & { readonly differentiable?: boolean },
): Tensor {
  const { source, stream, differentiable } = draws;
  const d = mu.shape.at(-1)!;
  checkDimension(d);
  const beta = (d - 1) / 2;
  const each = [...kappa.shape.slice(1), d - 1];
  const tangentNormal = normal(source, { shape: each, stream });
  const alpha = stopGradient(add(kappa, beta));
  const g1 = gammaDraw(alpha, {
    source,
    stream: stream + 1,
    boost: beta < 1,
  });
  const g2 = mul(
    reshape(squaredNorm(tangentNormal), kappa.shape),
    0.5,
  );
  const total = maximum(add(g1, g2), DRAW_EPSILON);
  return sampleFromDraws({
    mu,
    kappa,
    betaDraw: div(g1, total),
    complement: div(g2, total),
    tangentNormal,
    differentiable,
  });
}
