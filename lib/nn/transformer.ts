import {
  add,
  attention,
  mul,
  permute,
  recomputable,
  reshape,
  rmsNorm,
  rotary,
  scoped,
  silu,
  type Tensor,
} from "../tensor/mod.ts";
import {
  constantInit,
  normalInit,
  type ParameterSpec,
  type ParameterSpecs,
} from "./initialize.ts";
import { linear, linearParts, linearSpecs } from "./linear.ts";
import { type Parameters, prefixed } from "./parameters.ts";
import type { RotaryAngles } from "./rotary.ts";

/** Epsilon of every norm of the release. */
export const NORM_EPSILON = 1e-6;

/** Deviation that the release draws transformers and embeddings with. */
export const DRAWN_DEVIATION = 0.02;

/** Hidden width of the SwiGLU layer: 8/3 of the width, rounded up to 256. */
export function feedForwardWidth(width: number): number {
  return Math.ceil(Math.floor(8 * width / 3) / 256) * 256;
}

/** The gain of an RMSNorm, from 1 on. */
export function gainSpec(width: number): ParameterSpec {
  return { shape: [width], start: constantInit(1) };
}

/** Parameters of one transformer block, drawn as the release draws them. */
export function blockSpecs(width: number): ParameterSpecs {
  const hidden = feedForwardWidth(width);
  const start = { weight: normalInit(DRAWN_DEVIATION) };
  return {
    ...prefixed("attention.wqkv", linearSpecs(width, 3 * width, start)),
    ...prefixed("attention.wo", linearSpecs(width, width, start)),
    ...prefixed("feed_forward.w1", linearSpecs(width, 2 * hidden, start)),
    ...prefixed("feed_forward.w2", linearSpecs(hidden, width, start)),
    "attention_norm.weight": gainSpec(width),
    "ffn_norm.weight": gainSpec(width),
  };
}

/** Queries, keys and values of a block, [B, H, L, D] each, turned by position. */
export type Heads = readonly [q: Tensor, k: Tensor, v: Tensor];

/** How a block mixes positions: full attention here, over a cache when sampling. */
export type Mix = (heads: Heads) => Tensor;

/** What every block of a stack shares. */
export interface BlockOptions {
  readonly heads: number;
  readonly angles: RotaryAngles;
  readonly mix: Mix;
}

/** Attention over all positions, or those up to each one's own. */
export function fullAttention({ causal }: { causal: boolean }): Mix {
  return (heads) => {
    const scale = heads[0].shape[3]! ** -0.5;
    return attention(heads, { causal, scale });
  };
}

/**
 * One pre-norm transformer block with rotary attention and SwiGLU.
 *
 * @param x [B, L, W]
 */
export function transformerBlock(
  p: Parameters,
  x: Tensor,
  options: BlockOptions,
): Tensor {
  return scoped(p.path, () =>
    recomputable(x, (x) => {
      const normed = rmsNorm(x, p.get("attention_norm.weight"), NORM_EPSILON);
      const h = add(x, selfAttention(p.at("attention"), normed, options));
      const inner = rmsNorm(h, p.get("ffn_norm.weight"), NORM_EPSILON);
      return add(h, swiGlu(p.at("feed_forward"), inner));
    }));
}

function selfAttention(
  p: Parameters,
  x: Tensor,
  { heads, angles, mix }: BlockOptions,
): Tensor {
  const [batch, length, width] = x.shape as [number, number, number];
  const split = [batch, length, heads, width / heads];
  const [q, k, v] = linearParts(p.at("wqkv"), x, { count: 3, bias: false })
    .map((part) => reshape(part, split)) as [Tensor, Tensor, Tensor];
  const turn = (part: Tensor) => rotary(part, angles.cosine, angles.sine);
  const byHead = (part: Tensor) => permute(part, [0, 2, 1, 3]);
  const mixed = mix([byHead(turn(q)), byHead(turn(k)), byHead(v)]);
  return linear(p.at("wo"), reshape(byHead(mixed), x.shape));
}

/** SwiGLU (Shazeer 2020): W2 (silu(W1 x) * W1' x), both halves of w1 fused. */
export function swiGlu(p: Parameters, x: Tensor): Tensor {
  const [gate, value] = linearParts(p.at("w1"), x, { count: 2, bias: false });
  return linear(p.at("w2"), mul(silu(gate!), value!));
}
