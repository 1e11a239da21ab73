/**
 * The convolutional encoder and decoder of VQGAN (Esser et al. 2021), which
 * latent diffusion took over: residual blocks at halving sizes, attention of all
 * pixels at the last. Names and layout are those of their checkpoints.
 */
import {
  add,
  attention,
  broadcastTo,
  groupNorm,
  pad,
  recomputable,
  reshape,
  scoped,
  type Tensor,
} from "../../tensor/mod.ts";
import {
  affineConvolution,
  biasInit,
  filtersSpec,
  NORM_EPSILON,
  normSilu,
  normSpecs,
  type Parameters,
  type ParameterSpecs,
  prefixed,
} from "../../nn/mod.ts";
import { listOf, type SizeRule, type SizeTable, width } from "../sizes.ts";
import { toImages, toTokens } from "../tokens.ts";
import type { Sized } from "./backbone.ts";

/** Groups of every norm. */
export const GROUPS = 32;

/** Sizes of such a backbone. */
export const CONVOLUTIONAL_SIZES = {
  ch: width("channels of the finest level"),
  ch_mult: listOf({ ...width("factor"), max: 64 }, {
    least: 1,
    help: "channels of each level over ch, finest first",
  }),
  num_res_blocks: {
    ...width("residual blocks of a level of the encoder"),
    max: 64,
  },
} as const satisfies SizeTable;

/** Configuration of such a backbone. */
export type ConvolutionalConfig = Sized<typeof CONVOLUTIONAL_SIZES>;

/** Which half a stack of levels is, and how wide its ends are. */
export interface HalfOptions {
  /** Numbers of a token at the end where tokens are. */
  readonly features: number;
  /** Whether blocks of the coarsest level attend. */
  readonly attends: boolean;
}

/** Relations that hold of the sizes. */
export function convolutionalRules(
  { patch_size, ch, ch_mult }: ConvolutionalConfig,
): readonly SizeRule[] {
  const patch = 2 ** (ch_mult.length - 1);
  return [
    ["patch_size", patch_size === patch, `${patch}, 2 to the levels but one`],
    ["ch", ch % GROUPS === 0, `a multiple of ${GROUPS}`],
  ];
}

/** Channels of each level, finest first. */
function widths({ ch, ch_mult }: ConvolutionalConfig): number[] {
  return ch_mult.map((factor) => ch * factor);
}

/** Parameters of a convolution with bias, which start as torch's do. */
function convolutionSpecs(
  inputs: number,
  outputs: number,
  kernel: 1 | 3,
): ParameterSpecs {
  const start = biasInit(inputs * kernel * kernel);
  return {
    weight: filtersSpec(outputs, inputs, kernel),
    bias: { shape: [outputs], start },
  };
}

function residualSpecs(inputs: number, outputs: number): ParameterSpecs {
  const shortcut = inputs === outputs
    ? {}
    : prefixed("nin_shortcut", convolutionSpecs(inputs, outputs, 1));
  return {
    ...prefixed("norm1", normSpecs(inputs)),
    ...prefixed("conv1", convolutionSpecs(inputs, outputs, 3)),
    ...prefixed("norm2", normSpecs(outputs)),
    ...prefixed("conv2", convolutionSpecs(outputs, outputs, 3)),
    ...shortcut,
  };
}

function attentionSpecs(width: number): ParameterSpecs {
  const square = ["q", "k", "v", "proj_out"]
    .map((name) => prefixed(name, convolutionSpecs(width, width, 1)));
  return Object.assign(prefixed("norm", normSpecs(width)), ...square);
}

/** The middle of both halves: block, attention, block. */
function middleSpecs(width: number): ParameterSpecs {
  return {
    ...prefixed("mid.block_1", residualSpecs(width, width)),
    ...prefixed("mid.attn_1", attentionSpecs(width)),
    ...prefixed("mid.block_2", residualSpecs(width, width)),
  };
}

/** Blocks of one level; the first one changes the width. */
function levelSpecs(
  inputs: number,
  outputs: number,
  { blocks, attends }: { blocks: number; attends: boolean },
): ParameterSpecs {
  const each = Array.from({ length: blocks }, (_, k) => ({
    ...prefixed(
      `block.${k}`,
      residualSpecs(k === 0 ? inputs : outputs, outputs),
    ),
  }));
  const mixers = Array.from(
    { length: attends ? blocks : 0 },
    (_, k) => prefixed(`attn.${k}`, attentionSpecs(outputs)),
  );
  return Object.assign({}, ...each, ...mixers);
}

/** Parameters of the encoder. */
export function convolutionalEncoderSpecs(
  config: ConvolutionalConfig,
  { features, attends }: HalfOptions,
): ParameterSpecs {
  const { ch, num_res_blocks: blocks } = config;
  const channels = widths(config);
  const last = channels.length - 1;
  const levels = channels.map((width, i) => {
    const options = { blocks, attends: attends && i === last };
    const resample = i === last
      ? {}
      : prefixed("downsample.conv", convolutionSpecs(width, width, 3));
    const specs = levelSpecs(channels[i - 1] ?? ch, width, options);
    return prefixed(`down.${i}`, { ...specs, ...resample });
  });
  const top = channels[last]!;
  return Object.assign(
    prefixed("conv_in", convolutionSpecs(3, ch, 3)),
    ...levels,
    middleSpecs(top),
    prefixed("norm_out", normSpecs(top)),
    prefixed("conv_out", convolutionSpecs(top, features, 3)),
  );
}

/** Parameters of the decoder, whose levels have one block more. */
export function convolutionalDecoderSpecs(
  config: ConvolutionalConfig,
  { features, attends }: HalfOptions,
): ParameterSpecs {
  const channels = widths(config);
  const last = channels.length - 1;
  const top = channels[last]!;
  const levels = channels.map((width, i) => {
    const blocks = config.num_res_blocks + 1;
    const options = { blocks, attends: attends && i === last };
    const resample = i === 0
      ? {}
      : prefixed("upsample.conv", convolutionSpecs(width, width, 3));
    const specs = levelSpecs(channels[i + 1] ?? top, width, options);
    return prefixed(`up.${i}`, { ...specs, ...resample });
  });
  return Object.assign(
    prefixed("conv_in", convolutionSpecs(features, top, 3)),
    middleSpecs(top),
    ...levels,
    prefixed("norm_out", normSpecs(channels[0]!)),
    prefixed("conv_out", convolutionSpecs(channels[0]!, 3, 3)),
  );
}

const SAME = { padding: 1 };

function residualBlock(p: Parameters, x: Tensor): Tensor {
  return scoped(p.path, () =>
    recomputable(x, (x) => {
      const outputs = p.get("conv1.bias").shape[0]!;
      let h = normSilu(p.at("norm1"), x, GROUPS);
      h = affineConvolution(p.at("conv1"), h, SAME);
      h = normSilu(p.at("norm2"), h, GROUPS);
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
    const h = groupNorm(x, { weight, bias, groups: GROUPS, epsilon });
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
  const h = normSilu(p.at("norm_out"), x, GROUPS);
  return affineConvolution(p.at("conv_out"), h, SAME);
}

/** Blocks of one level, each with its attention where the level attends. */
function level(
  p: Parameters,
  x: Tensor,
  { blocks, attends }: { blocks: number; attends: boolean },
): Tensor {
  let h = x;
  for (let k = 0; k < blocks; k++) {
    h = residualBlock(p.at("block").at(k), h);
    if (attends) h = attentionBlock(p.at("attn").at(k), h);
  }
  return h;
}

/** Features [B, N, W] of images [B, 3, H, W]. */
export function encodeByConvolutions(
  p: Parameters,
  images: Tensor,
  { ch_mult, num_res_blocks: blocks, attends }: ConvolutionalConfig & {
    readonly attends: boolean;
  },
): Tensor {
  const last = ch_mult.length - 1;
  let h = affineConvolution(p.at("conv_in"), images, SAME);
  for (let i = 0; i <= last; i++) {
    const of = p.at("down").at(i);
    h = level(of, h, { blocks, attends: attends && i === last });
    if (i < last) h = downsample(of.at("downsample"), h);
  }
  return toTokens(output(p, middle(p.at("mid"), h)));
}

/** Images [B, 3, H, W] of features [B, N, W]. */
export function decodeByConvolutions(
  p: Parameters,
  features: Tensor,
  { ch_mult, num_res_blocks, attends }: ConvolutionalConfig & {
    readonly attends: boolean;
  },
): Tensor {
  const last = ch_mult.length - 1;
  let h = affineConvolution(p.at("conv_in"), toImages(features), SAME);
  h = middle(p.at("mid"), h);
  for (let i = last; i >= 0; i--) {
    const of = p.at("up").at(i);
    const blocks = num_res_blocks + 1;
    h = level(of, h, { blocks, attends: attends && i === last });
    if (i > 0) h = upsample(of.at("upsample"), h);
  }
  return output(p, h);
}
