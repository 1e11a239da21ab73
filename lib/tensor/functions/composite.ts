import { apply } from "../apply.ts";
import type { Tensor } from "../node.ts";
import {
  bothAxes,
  type ConvolutionOptions,
  type PerAxis,
} from "./contraction.ts";

/** x sigmoid(x) (Elfwing et al. 2017). */
export function silu(x: Tensor): Tensor {
  return apply("silu", [x], {});
}

/** ln(1 + e^x), without overflow. */
export function softplus(x: Tensor): Tensor {
  return apply("softplus", [x], {});
}

/** x where it is above 0, else `slope` x; at 0 the gradient is `slope`, as in torch. */
export function leakyRelu(x: Tensor, slope: number): Tensor {
  return apply("leaky_relu", [x], { slope });
}

/** x where it is above 0, else 0; no gradient flows at 0, as in torch. */
export function relu(x: Tensor): Tensor {
  return leakyRelu(x, 0);
}

/** Softmax over the last axis. */
export function softmax(x: Tensor): Tensor {
  return apply("softmax", [x], {});
}

/** Root-mean-square norm over the last axis (Zhang and Sennrich 2019); weight [D]. */
export function rmsNorm(x: Tensor, weight: Tensor, epsilon: number): Tensor {
  return apply("rms_norm", [x, weight], { epsilon });
}

/** Layer norm over the last axis (Ba et al. 2016); weight and bias [D]. */
export function layerNorm(
  x: Tensor,
  { weight, bias, epsilon }: { weight: Tensor; bias: Tensor; epsilon: number },
): Tensor {
  return apply("layer_norm", [x, weight, bias], { epsilon });
}

/** Parameters of a group norm: weight and bias [C], number of groups. */
export interface GroupNormOptions {
  readonly weight: Tensor;
  readonly bias: Tensor;
  readonly groups: number;
  readonly epsilon: number;
}

/** Group norm of images [B, C, H, W] (Wu and He 2018). */
export function groupNorm(
  x: Tensor,
  { weight, bias, groups, epsilon }: GroupNormOptions,
): Tensor {
  return apply("group_norm", [x, weight, bias], { groups, epsilon });
}

/** Window of a pool, its step (the window itself by default) and padding. */
export interface PoolOptions extends ConvolutionOptions {
  readonly kernel: PerAxis;
}

function poolAttributes({ kernel, stride = kernel, padding = 0 }: PoolOptions) {
  return {
    kernel: bothAxes(kernel),
    stride: bothAxes(stride),
    padding: bothAxes(padding),
  };
}

/**
 * The largest pixel of every window of images [B, C, H, W]; rows and columns that
 * fill no window are left out, as in torch.
 *
 * Of equal pixels each has a share of the gradient; torch gives all to the
 * first. After a ReLU that is the same, since only zeros are likely to be equal.
 */
export function maxPool(x: Tensor, options: PoolOptions): Tensor {
  return apply("max_pool", [x], poolAttributes(options));
}

/**
 * The mean of every window of images [B, C, H, W], over the pixels that lie inside
 * of the image: padding does not count.
 */
export function averagePool(x: Tensor, options: PoolOptions): Tensor {
  return apply("average_pool", [x], poolAttributes(options));
}

/**
 * Rotary position embedding (Su et al. 2021) of x [B, L, H, D]: the pair
 * (2i, 2i + 1) at position l turns by the angle whose cosine and sine are
 * cosine[l, i] and sine[l, i] ([L, D / 2]).
 */
export function rotary(x: Tensor, cosine: Tensor, sine: Tensor): Tensor {
  return apply("rotary", [x, cosine, sine], {});
}

/** Attention of q, k, v [B, H, L, D]; `causal` hides later keys. */
export function attention(
  [q, k, v]: readonly [Tensor, Tensor, Tensor],
  { causal, scale }: { causal: boolean; scale: number },
): Tensor {
  return apply("attention", [q, k, v], { causal, scale });
}

/** What one step of cached attention reads. */
export interface CachedAttention {
  /** New rows [B, H, S, D]. */
  readonly q: Tensor;
  readonly k: Tensor;
  readonly v: Tensor;
  /** Caches [B, H, T, D] before the new rows are written. */
  readonly keys: Tensor;
  readonly values: Tensor;
  /** Rows that the caches hold: i32 scalar. */
  readonly position: Tensor;
  readonly scale: number;
}

/**
 * Causal attention of S new rows over a cache that holds `position` rows.
 *
 * The caller writes k and v into the caches (updateSlice at `position`).
 */
export function cachedAttention(
  { q, k, v, keys, values, position, scale }: CachedAttention,
): Tensor {
  return apply("cached_attention", [q, k, v, keys, values, position], {
    scale,
  });
}
