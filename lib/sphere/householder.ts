import {
  abs,
  concat,
  constantArray,
  less,
  mul,
  select,
  sub,
  sum,
  type Tensor,
} from "../tensor/mod.ts";
import { projectToSphere } from "./sphere.ts";

/** Means closer to e1 than this (sum of |mu - e1|) are not reflected, as in the release. */
const PARALLEL = 1e-6;

/** e1 as [d]. */
function firstAxis(d: number): Tensor {
  return constantArray([d], Array.from({ length: d }, (_, i) => i ? 0 : 1));
}

/**
 * Reflects `y` so that e1 lands on `mu`: y - 2 (y u) u, u = (e1 - mu) / |e1 - mu|.
 *
 * @param y [.., d]
 * @param mu [.., d], unit length
 */
export function reflect(y: Tensor, mu: Tensor): Tensor {
  const e1 = firstAxis(mu.shape.at(-1)!);
  const u = projectToSphere(sub(e1, mu));
  const along = sum(mul(y, u), { axes: [-1], keepDims: true });
  const reflected = sub(y, mul(mul(along, u), 2));
  const distance = sum(abs(sub(mu, e1)), { axes: [-1], keepDims: true });
  return select(less(distance, PARALLEL), y, reflected);
}

/**
 * The unit vector u = c mu + sqrt(1 - c^2) v of a cosine c (Eq. 6), v a uniform
 * tangent direction: (c, sqrt(1 - c^2) v) reflected from e1 onto mu.
 *
 * @param options.cosine [..]
 * @param options.sine [..], at least 0
 * @param options.tangentNormal [.., d - 1]; its direction v is taken
 */
export function aroundMean(
  mu: Tensor,
  { cosine, sine, tangentNormal }: {
    cosine: Tensor;
    sine: Tensor;
    tangentNormal: Tensor;
  },
): Tensor {
  const v = projectToSphere(tangentNormal);
  return reflect(concat([cosine, mul(sine, v)], -1), mu);
}
