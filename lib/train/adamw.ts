import {
  add,
  div,
  maximum,
  minimum,
  mul,
  type Shape,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
} from "../tensor/mod.ts";

/** Constants of AdamW (Loshchilov and Hutter 2019). */
export interface AdamWOptions {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Decoupled weight decay of the parameters that decay. */
  readonly weightDecay: number;
  /** Largest norm of all gradients together. */
  readonly clip: number;
}

/** AdamW's epsilon in the release (torch's default). */
export const ADAMW_EPSILON = 1e-8;

/** AdamW's constants from the numbers of a preset. */
export function adamWOptions(
  numbers: Omit<AdamWOptions, "epsilon">,
): AdamWOptions {
  const { beta1, beta2, weightDecay, clip } = numbers;
  return { beta1, beta2, weightDecay, clip, epsilon: ADAMW_EPSILON };
}

/** Guards the clip factor against division by zero, as torch does. */
const CLIP_EPSILON = 1e-6;

/** Numbers that change from step to step, f32 scalars. */
export interface StepScalars {
  readonly learningRate: Tensor;
  /** 1 - beta1^t, t counted from 1. */
  readonly correction1: Tensor;
  /** sqrt(1 - beta2^t). */
  readonly correction2: Tensor;
  /** 1 - decay of the parameter average. */
  readonly emaRate: Tensor;
}

/** The scalars of step `step` (from 0) as host numbers, by name. */
export function stepScalars(
  step: number,
  { beta1, beta2, rate, ema }: {
    beta1: number;
    beta2: number;
    rate: number;
    ema: number;
  },
): { [K in keyof StepScalars]: number } {
  return {
    learningRate: rate,
    correction1: 1 - beta1 ** (step + 1),
    correction2: Math.sqrt(1 - beta2 ** (step + 1)),
    emaRate: 1 - ema,
  };
}

/**
 * Whether weight decay applies to a parameter: matrices only, and neither the
 * latent projection nor class embeddings (release, create_optimizer).
 */
export function decays(name: string, shape: Shape): boolean {
  return shape.length >= 2 &&
    !name.includes("proj_in") && !name.includes("cls_embedding");
}

/** Everything that is kept for one parameter. */
export interface ParameterState {
  readonly parameter: Tensor;
  /** First and second moments. */
  readonly m: Tensor;
  readonly v: Tensor;
  /** Exponential moving average of the parameter. */
  readonly ema: Tensor;
}

/** Norm of all gradients together. */
export function gradientNorm(gradients: readonly Tensor[]): Tensor {
  const squares = gradients.map((g) => sum(square(g)));
  return sqrt(squares.reduce((total, part) => add(total, part)));
}

/** The factor that brings gradients of a norm down to `clip`. */
export function clipFactor(norm: Tensor, clip: number): Tensor {
  return minimum(div(clip, maximum(add(norm, CLIP_EPSILON), CLIP_EPSILON)), 1);
}

/** What the update of every parameter in a step shares. */
export interface SharedUpdate {
  readonly scalars: StepScalars;
  readonly options: AdamWOptions;
  /** {@linkcode clipFactor} of all gradients. */
  readonly factor: Tensor;
}

/**
 * One step of AdamW and of the moving average for one parameter.
 *
 * The clip factor and the bias corrections are folded into scalars, so that
 * each moment is read and written once:
 * m' c2 / c1 / (sqrt(v') + eps c2) = (m' / c1) / (sqrt(v') / c2 + eps).
 *
 * @param gradient before clipping
 */
export function adamW(
  { parameter, m, v, ema }: ParameterState,
  gradient: Tensor,
  { shared, decay }: { shared: SharedUpdate; decay: boolean },
): ParameterState {
  const { scalars, options, factor } = shared;
  const { learningRate, correction1, correction2, emaRate } = scalars;
  const { beta1, beta2, epsilon, weightDecay } = options;
  const nextM = add(mul(m, beta1), mul(gradient, mul(factor, 1 - beta1)));
  const squareScale = mul(square(factor), 1 - beta2);
  const nextV = add(mul(v, beta2), mul(square(gradient), squareScale));
  const denominator = add(sqrt(nextV), mul(correction2, epsilon));
  const rate = mul(learningRate, div(correction2, correction1));
  const update = mul(div(nextM, denominator), rate);
  const decayed = decay && weightDecay > 0
    ? mul(parameter, sub(1, mul(learningRate, weightDecay)))
    : parameter;
  const next = sub(decayed, update);
  const nextEma = add(ema, mul(sub(next, ema), emaRate));
  return { parameter: next, m: nextM, v: nextV, ema: nextEma };
}
