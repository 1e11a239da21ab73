/**
 * MAR's KL-16 VAE (Li et al. 2024), which Table 3 sets in the place of the
 * S-VAE: the convolutional autoencoder of latent diffusion (Rombach et al.
 * 2022) with a diagonal Gaussian posterior. Names and layout are its
 * checkpoint's.
 */
import {
  add,
  attention,
  broadcastTo,
  exp,
  groupNorm,
  maximum,
  minimum,
  mul,
  pad,
  recomputable,
  reshape,
  scoped,
  slice,
  type Tensor,
} from "../tensor/mod.ts";
import {
  affineConvolution,
  NORM_EPSILON,
  normShapes,
  normSilu,
  type Parameters,
  type ParameterShapes,
  prefixed,
} from "../nn/mod.ts";
import { KL_GROUPS, type KlConfig } from "./config.ts";
import type { GaussianPosterior } from "./posterior.ts";
import { toImages, toTokens } from "./tokens.ts";

/** Bounds of the log-variance. */
const LOG_VARIANCE = [-30, 20] as const;

/** Channels of each level, finest first. */
function widths({ ch, ch_mult }: KlConfig): number[] {
  return ch_mult.map((factor) => ch * factor);
}

function convolutionShapes(
  inputs: number,
  outputs: number,
  kernel: 1 | 3,
): ParameterShapes {
  return { weight: [outputs, inputs, kernel, kernel], bias: [outputs] };
}

function blockShapes(inputs: number, outputs: number): ParameterShapes {
  const shortcut = inputs === outputs
    ? {}
    : prefixed("nin_shortcut", convolutionShapes(inputs, outputs, 1));
  return {
    ...prefixed("norm1", normShapes(inputs)),
    ...prefixed("conv1", convolutionShapes(inputs, outputs, 3)),
    ...prefixed("norm2", normShapes(outputs)),
    ...prefixed("conv2", convolutionShapes(outputs, outputs, 3)),
    ...shortcut,
  };
}

function attentionShapes(width: number): ParameterShapes {
  const square = ["q", "k", "v", "proj_out"]
    .map((name) => prefixed(name, convolutionShapes(width, width, 1)));
  return Object.assign(prefixed("norm", normShapes(width)), ...square);
}

/** The middle of both halves: block, attention, block. */
function middleShapes(width: number): ParameterShapes {
  return {
    ...prefixed("mid.block_1", blockShapes(width, width)),
    ...prefixed("mid.attn_1", attentionShapes(width)),
    ...prefixed("mid.block_2", blockShapes(width, width)),
  };
}

/** Blocks of one level; the first one changes the width. */
function levelShapes(
  inputs: number,
  outputs: number,
  blocks: number,
): ParameterShapes {
  const shapes = Array.from(
    { length: blocks },
    (_, k) =>
      prefixed(`block.${k}`, blockShapes(k === 0 ? inputs : outputs, outputs)),
  );
  return Object.assign({}, ...shapes);
}

function encoderShapes(config: KlConfig): ParameterShapes {
  const { ch, num_res_blocks, latent_dim } = config;
  const channels = widths(config);
  const last = channels.length - 1;
  const levels = channels.map((width, i) => {
    const resample = i === last
      ? Array.from(
        { length: num_res_blocks },
        (_, k) => prefixed(`attn.${k}`, attentionShapes(width)),
      )
      : [prefixed("downsample.conv", convolutionShapes(width, width, 3))];
    const blocks = levelShapes(channels[i - 1] ?? ch, width, num_res_blocks);
    return prefixed(`down.${i}`, Object.assign({}, blocks, ...resample));
  });
  const top = channels[last]!;
  return Object.assign(
    prefixed("conv_in", convolutionShapes(3, ch, 3)),
    ...levels,
    middleShapes(top),
    prefixed("norm_out", normShapes(top)),
    prefixed("conv_out", convolutionShapes(top, 2 * latent_dim, 3)),
  );
}

function decoderShapes(config: KlConfig): ParameterShapes {
  const { num_res_blocks, latent_dim } = config;
  const channels = widths(config);
  const top = channels.at(-1)!;
  const levels = channels.map((width, i) => {
    const resample = i === 0
      ? {}
      : prefixed("upsample.conv", convolutionShapes(width, width, 3));
    const inputs = channels[i + 1] ?? top;
    const blocks = levelShapes(inputs, width, num_res_blocks + 1);
    return prefixed(`up.${i}`, { ...blocks, ...resample });
  });
  return Object.assign(
    prefixed("conv_in", convolutionShapes(latent_dim, top, 3)),
    middleShapes(top),
    ...levels,
    prefixed("norm_out", normShapes(channels[0]!)),
    prefixed("conv_out", convolutionShapes(channels[0]!, 3, 3)),
  );
}

/** Shapes of all parameters by the checkpoint's names. */
export function klShapes(config: KlConfig): ParameterShapes {
  const { latent_dim: d } = config;
  return {
    ...prefixed("encoder", encoderShapes(config)),
    ...prefixed("decoder", decoderShapes(config)),
    ...prefixed("quant_conv", convolutionShapes(2 * d, 2 * d, 1)),
    ...prefixed("post_quant_conv", convolutionShapes(d, d, 1)),
  };
}

const SAME = { padding: 1 };

function residualBlock(p: Parameters, x: Tensor): Tensor {
  return scoped(p.path, () =>
    recomputable(x, (x) => {
      const outputs = p.get("conv1.bias").shape[0]!;
      let h = normSilu(p.at("norm1"), x, KL_GROUPS);
      h = affineConvolution(p.at("conv1"), h, SAME);
      h = normSilu(p.at("norm2"), h, KL_GROUPS);
      h = affineConvolution(p.at("conv2"), h, SAME);
      const shortcut = x.shape[1] === outputs
        ? x
        : affineConvolution(p.at("nin_shortcut"), x, {});
      return add(shortcut, h);
    }));
}

/** Attention of all pixels, one head; its linear layers are 1 x 1 convolutions. */
function attentionBlock(p: Parameters, x: Tensor): Tensor {
  return scoped(p.path, () => {
    const norm = p.at("norm");
    const [weight, bias] = [norm.get("weight"), norm.get("bias")];
    const epsilon = NORM_EPSILON;
    const h = groupNorm(x, { weight, bias, groups: KL_GROUPS, epsilon });
    const [q, k, v] = ["q", "k", "v"].map((name) => {
      const tokens = toTokens(affineConvolution(p.at(name), h, {}));
      const [batch, pixels, width] = tokens.shape as [number, number, number];
      return reshape(tokens, [batch, 1, pixels, width]);
    }) as [Tensor, Tensor, Tensor];
    const [batch, , pixels, width] = q.shape as [
      number,
      number,
      number,
      number,
    ];
    const mixed = attention([q, k, v], { causal: false, scale: width ** -0.5 });
    const image = toImages(reshape(mixed, [batch, pixels, width]));
    return add(x, affineConvolution(p.at("proj_out"), image, {}));
  });
}

function middle(p: Parameters, x: Tensor): Tensor {
  let h = residualBlock(p.at("block_1"), x);
  h = attentionBlock(p.at("attn_1"), h);
  return residualBlock(p.at("block_2"), h);
}

/** Halves the image: its zeros lie below and to the right only. */
function downsample(p: Parameters, x: Tensor): Tensor {
  const padded = pad(x, [0, 0, 0, 0], [0, 0, 1, 1]);
  return affineConvolution(p.at("conv"), padded, { stride: 2 });
}

/** Doubles the image: each pixel four times, then a convolution. */
function upsample(p: Parameters, x: Tensor): Tensor {
  const [batch, channels, height, width] = x.shape as [
    number,
    number,
    number,
    number,
  ];
  const spaced = reshape(x, [batch, channels, height, 1, width, 1]);
  const repeated = broadcastTo(spaced, [batch, channels, height, 2, width, 2]);
  const doubled = [batch, channels, 2 * height, 2 * width];
  return affineConvolution(p.at("conv"), reshape(repeated, doubled), SAME);
}

/** Norm, SiLU and convolution at the end of both halves. */
function output(p: Parameters, x: Tensor): Tensor {
  const h = normSilu(p.at("norm_out"), x, KL_GROUPS);
  return affineConvolution(p.at("conv_out"), h, SAME);
}

/**
 * Encoder of the KL-16 VAE. Its latents are scaled by `latent_scale`, as MAR's
 * training does, which gives them about unit variance.
 *
 * @param images [B, 3, H, W] in [-1, 1]
 * @returns mu and sigma [B, N, d] of the scaled latents
 */
export function encodeKl(
  p: Parameters,
  images: Tensor,
  config: KlConfig,
): GaussianPosterior {
  return scoped("vae", () => {
    const encoder = p.at("encoder");
    const last = config.ch_mult.length - 1;
    let h = affineConvolution(encoder.at("conv_in"), images, SAME);
    for (let i = 0; i <= last; i++) {
      const level = encoder.at("down").at(i);
      for (let k = 0; k < config.num_res_blocks; k++) {
        h = residualBlock(level.at("block").at(k), h);
        if (i === last) h = attentionBlock(level.at("attn").at(k), h);
      }
      if (i < last) h = downsample(level.at("downsample"), h);
    }
    h = output(encoder, middle(encoder.at("mid"), h));
    const moments = toTokens(affineConvolution(p.at("quant_conv"), h, {}));
    const d = config.latent_dim;
    const mean = slice(moments, -1, { stop: d });
    const [low, high] = LOG_VARIANCE;
    const raw = slice(moments, -1, { start: d });
    const logVariance = minimum(maximum(raw, low), high);
    return {
      mu: mul(mean, config.latent_scale),
      sigma: mul(exp(mul(logVariance, 0.5)), config.latent_scale),
    };
  });
}

/**
 * Decoder of the KL-16 VAE.
 *
 * @param z scaled latents [B, N, d]
 * @returns images [B, 3, H, W], about -1 to 1
 */
export function decodeKl(p: Parameters, z: Tensor, config: KlConfig): Tensor {
  return scoped("vae", () => {
    const decoder = p.at("decoder");
    const latents = toImages(mul(z, 1 / config.latent_scale));
    let h = affineConvolution(p.at("post_quant_conv"), latents, {});
    h = affineConvolution(decoder.at("conv_in"), h, SAME);
    h = middle(decoder.at("mid"), h);
    for (let i = config.ch_mult.length - 1; i >= 0; i--) {
      const level = decoder.at("up").at(i);
      for (let k = 0; k <= config.num_res_blocks; k++) {
        h = residualBlock(level.at("block").at(k), h);
      }
      if (i > 0) h = upsample(level.at("upsample"), h);
    }
    return output(decoder, h);
  });
}
