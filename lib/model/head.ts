import {
  add,
  broadcastTo,
  concat,
  constantArray,
  cos,
  layerNorm,
  mul,
  recomputable,
  reshape,
  scalar,
  scoped,
  silu,
  sin,
  type Tensor,
} from "../tensor/mod.ts";
import {
  affine,
  constantInit,
  DRAWN_DEVIATION,
  linearParts,
  linearSpecs,
  NORM_EPSILON,
  normalInit,
  normSpecs,
  type Parameters,
  type ParameterSpecs,
  prefixed,
  xavierInit,
} from "../nn/mod.ts";
import { type ArConfig, headGroupSize } from "./config.ts";

/** Sinusoids of the time embedding. */
const TIME_FEATURES = 256;
/** Longest period of the sinusoids. */
const MAX_PERIOD = 10_000;
/** Times in (0, 1) are stretched to the thousand steps of older diffusion models. */
const TIME_FACTOR = 1000;

/**
 * Frequencies of the sinusoids, [1, 128]: as float32 numbers, made by the
 * float32 operations of the release. Times 1000, their last bits matter.
 */
const TIME_FREQUENCIES = constantArray(
  [1, TIME_FEATURES / 2],
  Array.from({ length: TIME_FEATURES / 2 }, (_, i) => {
    const exponent = Math.fround(Math.fround(-Math.log(MAX_PERIOD)) * i) /
      (TIME_FEATURES / 2);
    return Math.fround(Math.exp(exponent));
  }),
);

/**
 * Parameters of the diffusion head by the release's names below "head.net".
 * Modulations and the output start at zero, the times' layers as N(0, 0.02).
 */
export function headSpecs(config: ArConfig): ParameterSpecs {
  const { diff_dim: width, latent_dim, dim } = config;
  const bias = constantInit(0);
  const xavier = { weight: xavierInit, bias };
  const drawn = { weight: normalInit(DRAWN_DEVIATION), bias };
  const zero = { weight: constantInit(0), bias };
  const hidden = Math.floor(width * 1.5);
  const blocks = Array.from({ length: config.diff_layers }, (_, i) => ({
    ...prefixed(`res_blocks.${i}.norm`, normSpecs(width)),
    ...prefixed(`res_blocks.${i}.w1`, linearSpecs(width, 2 * hidden, xavier)),
    ...prefixed(`res_blocks.${i}.w2`, linearSpecs(hidden, width, xavier)),
  }));
  const groups = Array.from(
    { length: config.diff_adanln_layers },
    (_, i) =>
      prefixed(`ada_ln_blocks.${i}`, linearSpecs(width, 3 * width, zero)),
  );
  const modulation = linearSpecs(width, 2 * width, zero);
  return Object.assign(
    {},
    prefixed("time_embed.mlp.0", linearSpecs(TIME_FEATURES, width, drawn)),
    prefixed("time_embed.mlp.2", linearSpecs(width, width, drawn)),
    prefixed("cond_embed", linearSpecs(dim, width, xavier)),
    prefixed("input_proj", linearSpecs(latent_dim, width, xavier)),
    ...blocks,
    ...groups,
    prefixed("final_layer.ada_ln_modulation", modulation),
    prefixed("final_layer.linear", linearSpecs(width, latent_dim, zero)),
  );
}

/**
 * Embedding of times: sinusoids of 1000 t, then two linear layers.
 *
 * @param t [R] in (0, 1)
 * @returns [R, W]
 */
export function embedTime(p: Parameters, t: Tensor): Tensor {
  const angles = mul(mul(reshape(t, [-1, 1]), TIME_FACTOR), TIME_FREQUENCIES);
  const features = concat([cos(angles), sin(angles)], 1);
  const h = silu(affine(p.at("time_embed.mlp.0"), features));
  return affine(p.at("time_embed.mlp.2"), h);
}

/** Embedding of conditions [R, D] from the AR model: [R, W]. */
export function embedCondition(p: Parameters, condition: Tensor): Tensor {
  return affine(p.at("cond_embed"), condition);
}

/**
 * 1 + scale, shift and gate of each group of blocks, and 1 + scale and shift of
 * the final layer, [R, W] each.
 */
export interface Modulation {
  readonly groups: readonly (readonly Tensor[])[];
  readonly final: readonly Tensor[];
}

/**
 * Every adaLN modulation (Peebles and Xie 2023) from y = silu(t + c).
 *
 * @param y [R, W]
 */
export function modulate(
  p: Parameters,
  y: Tensor,
  config: ArConfig,
): Modulation {
  const groups = Array.from(
    { length: config.diff_layers / headGroupSize(config) },
    (_, i) =>
      linearParts(p.at("ada_ln_blocks").at(i), y, {
        count: 3,
        bias: true,
        // The 1 of 1 + scale costs nothing in the bias.
        offsets: [1],
      }),
  );
  const final = linearParts(p.at("final_layer.ada_ln_modulation"), y, {
    count: 2,
    bias: true,
    offsets: [1],
  });
  return { groups, final };
}

/**
 * Velocity of the rectified flow at x_t under given modulations.
 *
 * @param x [R, d]
 * @returns [R, d]
 */
export function modulatedVelocity(
  p: Parameters,
  x: Tensor,
  { modulation, config }: { modulation: Modulation; config: ArConfig },
): Tensor {
  return scoped("head", () => {
    let h = affine(p.at("input_proj"), x);
    for (let i = 0; i < config.diff_layers; i++) {
      const group = modulation.groups[Math.floor(i / headGroupSize(config))]!;
      h = residualBlock(p.at("res_blocks").at(i), h, group);
    }
    const [scale, shift] = modulation.final as [Tensor, Tensor];
    const normed = layerNorm(h, {
      weight: broadcastTo(scalar(1), [h.shape[1]!]),
      bias: broadcastTo(scalar(0), [h.shape[1]!]),
      epsilon: NORM_EPSILON,
    });
    return affine(p.at("final_layer.linear"), shifted(normed, scale, shift));
  });
}

/** h (1 + scale) + shift, of a scale that holds its 1. */
function shifted(h: Tensor, scale: Tensor, shift: Tensor): Tensor {
  return add(mul(h, scale), shift);
}

function residualBlock(
  p: Parameters,
  x: Tensor,
  [scale, shift, gate]: readonly Tensor[],
): Tensor {
  const [weight, bias] = [p.get("norm.weight"), p.get("norm.bias")];
  const normed = layerNorm(x, { weight, bias, epsilon: NORM_EPSILON });
  const out = recomputable(shifted(normed, scale!, shift!), (h) => {
    const [h1, h2] = linearParts(p.at("w1"), h, { count: 2, bias: true });
    return affine(p.at("w2"), mul(silu(h1!), h2!));
  });
  return add(x, mul(out, gate!));
}

/**
 * Velocity v(z^t, t, h) of the diffusion head (Section 3.2), with x as z^t. Rows
 * may be several copies of those of the condition h, copy-major, which is then
 * embedded once for all.
 *
 * @param x noisy latents [diffBatchMul R, d]
 * @param t times [diffBatchMul R]
 * @param condition states of the AR model [R, D]
 * @returns [diffBatchMul R, d]
 */
export function headVelocity(
  p: Parameters,
  x: Tensor,
  { t, condition, config }: {
    t: Tensor;
    condition: Tensor;
    config: ArConfig;
  },
): Tensor {
  const width = config.diff_dim;
  const c = embedCondition(p, condition);
  const time = reshape(embedTime(p, t), [-1, c.shape[0]!, width]);
  const y = silu(reshape(add(time, c), [-1, width]));
  const modulation = modulate(p, y, config);
  return modulatedVelocity(p, x, { modulation, config });
}
