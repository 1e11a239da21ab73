import {
  add,
  div,
  maximum,
  minimum,
  sqrt,
  square,
  sum,
  type Tensor,
} from "../tensor/mod.ts";

/** Guards the clip factor against division by zero, as torch does. */
const CLIP_EPSILON = 1e-6;

/** Norm of all gradients together. */
export function gradientNorm(gradients: readonly Tensor[]): Tensor {
  const squares = gradients.map((g) => sum(square(g)));
  return sqrt(squares.reduce((total, part) => add(total, part)));
}

/** The factor that brings gradients of a norm down to `clip`. */
export function clipFactor(norm: Tensor, clip: number): Tensor {
  return minimum(div(clip, maximum(add(norm, CLIP_EPSILON), CLIP_EPSILON)), 1);
}
