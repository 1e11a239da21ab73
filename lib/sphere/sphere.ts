import {
  div,
  maximum,
  mul,
  sqrt,
  square,
  sum,
  type Tensor,
} from "../tensor/mod.ts";
import { logGamma } from "./host_gamma.ts";

/** The smallest norm that vectors are divided by (paper, footnote 3). */
export const PROJECTION_EPSILON = 1e-7;

/** Radius of the target sphere and the smallest norm that is divided by. */
export interface ProjectionOptions {
  readonly radius?: number;
  readonly epsilon?: number;
}

/**
 * N_R(x) = R x / max(|x|, epsilon) over the last axis (Appendix A).
 *
 * Its derivative at |x| = R is the tangent projector I - x x^T / R^2 (Eq. 10);
 * below epsilon it is the linear map R x / epsilon, so that gradients are finite
 * at 0 too.
 *
 * @param x [.., d]
 */
export function projectToSphere(
  x: Tensor,
  { radius = 1, epsilon = PROJECTION_EPSILON }: ProjectionOptions = {},
): Tensor {
  // The clamp stands under the root: the root of 0 has no finite derivative.
  const norm = sqrt(maximum(squaredNorm(x), epsilon ** 2));
  return mul(div(x, norm), radius);
}

/** |x|^2 over the last axis, which stays as size 1. */
export function squaredNorm(x: Tensor): Tensor {
  return sum(square(x), { axes: [-1], keepDims: true });
}

/**
 * ln of the area of the unit sphere in d dimensions: ln 2 pi^(d/2) / Gamma(d/2).
 *
 * @throws {RangeError} when d is not an integer of at least 2
 */
export function logSphereArea(d: number): number {
  checkDimension(d);
  return Math.LN2 + d / 2 * Math.log(Math.PI) - logGamma(d / 2);
}

/**
 * Checks the dimension of the space around a sphere.
 *
 * @throws {RangeError} when d is not an integer of at least 2
 */
export function checkDimension(d: number): void {
  if (!Number.isInteger(d) || d < 2) {
    throw new RangeError(
      `Cannot use a sphere in ${d} dimensions: expected an integer from 2 on`,
    );
  }
}
