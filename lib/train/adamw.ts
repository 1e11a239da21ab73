import { add, div, mul, sqrt, square, sub } from "../tensor/mod.ts";
import type { Optimizer } from "./optimizer.ts";

/** Constants of AdamW (Loshchilov and Hutter 2019). */
export interface AdamWOptions {
  readonly beta1: number;
  readonly beta2: number;
  /** Torch's default, which the release keeps, unless given. */
  readonly epsilon?: number;
  /** Decoupled weight decay of the parameters that decay. */
  readonly weightDecay: number;
}

/** AdamW's epsilon in the release (torch's default). */
const ADAMW_EPSILON = 1e-8;

/**
 * AdamW (Loshchilov and Hutter 2019), which keeps first and second moments.
 *
 * The clip factor and the bias corrections are folded into scalars, so that
 * each moment is read and written once:
 * m' c2 / c1 / (sqrt(v') + eps c2) = (m' / c1) / (sqrt(v') / c2 + eps)
 * with c1 = 1 - beta1^t and c2 = sqrt(1 - beta2^t), t counted from 1.
 */
export function adamW(
  { beta1, beta2, epsilon = ADAMW_EPSILON, weightDecay }: AdamWOptions,
): Optimizer {
  return {
    groups: ["m", "v"],
    scalarsAt: (step, learningRate) => ({
      learningRate,
      correction1: 1 - beta1 ** (step + 1),
      correction2: Math.sqrt(1 - beta2 ** (step + 1)),
    }),
    update({ parameter, kept }, { scalars, factor }, { gradient, decay }) {
      const { learningRate, correction1, correction2 } = scalars;
      const m = add(mul(kept.m!, beta1), mul(gradient, mul(factor, 1 - beta1)));
      const squareScale = mul(square(factor), 1 - beta2);
      const v = add(mul(kept.v!, beta2), mul(square(gradient), squareScale));
      const denominator = add(sqrt(v), mul(correction2!, epsilon));
      const rate = mul(learningRate!, div(correction2!, correction1!));
      const step = mul(div(m, denominator), rate);
      const decayed = decay && weightDecay > 0
        ? mul(parameter, sub(1, mul(learningRate!, weightDecay)))
        : parameter;
      return { parameter: sub(decayed, step), kept: { m, v } };
    },
  };
}
