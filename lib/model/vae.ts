import {
  add,
  broadcastTo,
  concat,
  reshape,
  rmsNorm,
  scoped,
  slice,
  softplus,
  type Tensor,
} from "../tensor/mod.ts";
import {
  affine,
  blockShapes,
  convolution,
  downBlock,
  downBlockShapes,
  fullAttention,
  groupsOf,
  linear,
  linearShapes,
  NORM_EPSILON,
  normShapes,
  normSilu,
  type Parameters,
  type ParameterShapes,
  prefixed,
  type RotaryAngles,
  rotaryAngles,
  transformerBlock,
  upBlock,
  upBlockShapes,
} from "../nn/mod.ts";
import { projectToSphere } from "../sphere/mod.ts";
import { type VaeConfig, vaeGrid, vaeHeads } from "./config.ts";
import type { Posterior } from "./posterior.ts";
import { toImages, toTokens } from "./tokens.ts";

/** Learned tokens in front of the patches, dropped after the transformer. */
export const REGISTERS = 4;

/** Most groups of the decoder's last norm. */
const OUTPUT_GROUPS = 16;

/** Shapes of all S-VAE parameters by the release's names. */
export function vaeShapes(config: VaeConfig): ParameterShapes {
  const { z_channels: width, latent_dim, cnn_chs } = config;
  return {
    ...prefixed("encoder", encoderShapes(config)),
    ...prefixed("decoder", decoderShapes(config)),
    ...prefixed(
      "quant_proj",
      linearShapes(width, latent_dim + 1, { bias: true }),
    ),
    ...prefixed(
      "post_quant_proj",
      linearShapes(latent_dim, cnn_chs.at(-1)!, { bias: false }),
    ),
  };
}

function stackShapes(width: number, layers: number): ParameterShapes {
  const blocks = Array.from(
    { length: layers },
    (_, i) => prefixed(`layers.${i}`, blockShapes(width)),
  );
  return Object.assign(
    { "register_token.weight": [REGISTERS, width] },
    ...blocks,
  );
}

function encoderShapes(config: VaeConfig): ParameterShapes {
  const { cnn_chs, z_channels, encoder_vit_layers } = config;
  const blocks = cnn_chs.slice(1).map((outputs, i) =>
    prefixed(`patchify.0.net.${i}`, downBlockShapes(cnn_chs[i]!, outputs))
  );
  return Object.assign(
    { "conv_in.weight": [cnn_chs[0]!, 3, 3, 3] },
    ...blocks,
    stackShapes(z_channels, encoder_vit_layers),
    {
      "norm.weight": [z_channels],
      "output.weight": [z_channels, z_channels],
    },
  );
}

function decoderShapes(config: VaeConfig): ParameterShapes {
  const { cnn_chs, z_channels, decoder_vit_layers } = config;
  const channels = cnn_chs.toReversed();
  const blocks = channels.slice(1).map((outputs, i) =>
    prefixed(`unpatchify.1.net.${i}`, upBlockShapes(channels[i]!, outputs))
  );
  return Object.assign(
    { "conv_in.1.weight": [z_channels, z_channels, 3, 3] },
    stackShapes(z_channels, decoder_vit_layers),
    ...blocks,
    prefixed("conv_out.0", normShapes(cnn_chs[0]!)),
    { "conv_out.2.weight": [3, cnn_chs[0]!, 3, 3] },
  );
}

/** Rotary angles of registers and patches, [4 + N, head width / 2]. */
export function vaeAngles(config: VaeConfig): RotaryAngles {
  return rotaryAngles({
    grid: vaeGrid(config),
    leading: REGISTERS,
    headWidth: config.z_channels / vaeHeads(config),
  });
}

/** Bidirectional transformer over register tokens and patches; the registers are dropped. */
function vit(
  p: Parameters,
  x: Tensor,
  config: VaeConfig,
  layers: number,
): Tensor {
  const [batch, , width] = x.shape as [number, number, number];
  const heads = vaeHeads(config);
  const angles = vaeAngles(config);
  const registers = broadcastTo(
    reshape(p.get("register_token.weight"), [1, REGISTERS, width]),
    [batch, REGISTERS, width],
  );
  let h = concat([registers, x], 1);
  const options = { heads, angles, mix: fullAttention({ causal: false }) };
  for (let i = 0; i < layers; i++) {
    h = transformerBlock(p.at("layers").at(i), h, options);
  }
  return slice(h, 1, { start: REGISTERS });
}

/**
 * Encoder of the hybrid S-VAE (Appendix D), to the posterior of Section 3.1.
 *
 * @param images [B, 3, H, W] in [-1, 1]
 */
export function encode(
  p: Parameters,
  images: Tensor,
  config: VaeConfig,
): Posterior {
  return scoped("vae", () => {
    const encoder = p.at("encoder");
    let x = convolution(encoder.at("conv_in"), images, { padding: 1 });
    for (let i = 0; i + 1 < config.cnn_chs.length; i++) {
      x = downBlock(encoder.at("patchify.0.net").at(i), x);
    }
    x = vit(encoder, toTokens(x), config, config.encoder_vit_layers);
    x = rmsNorm(x, encoder.get("norm.weight"), NORM_EPSILON);
    x = linear(encoder.at("output"), x);
    const raw = affine(p.at("quant_proj"), x); // [B, N, d + 1]
    const d = config.latent_dim;
    const mu = projectToSphere(slice(raw, -1, { stop: d }));
    const rawKappa = reshape(
      slice(raw, -1, { start: d }),
      raw.shape.slice(0, 2),
    );
    return { mu, kappa: add(softplus(rawKappa), 1) };
  });
}

/**
 * Decoder of the hybrid S-VAE (Appendix D).
 *
 * @param z [B, N, d] on the sphere of radius sqrt(d)
 * @returns images [B, 3, H, W], about -1 to 1
 */
export function decode(p: Parameters, z: Tensor, config: VaeConfig): Tensor {
  return scoped("vae", () => {
    const decoder = p.at("decoder");
    let x = toImages(linear(p.at("post_quant_proj"), z));
    x = convolution(decoder.at("conv_in.1"), x, { padding: 1 });
    x = vit(decoder, toTokens(x), config, config.decoder_vit_layers);
    x = toImages(x);
    for (let i = 0; i + 1 < config.cnn_chs.length; i++) {
      x = upBlock(decoder.at("unpatchify.1.net").at(i), x);
    }
    const groups = groupsOf(config.cnn_chs[0]!, OUTPUT_GROUPS);
    x = normSilu(decoder.at("conv_out.0"), x, groups);
    return convolution(decoder.at("conv_out.2"), x, { padding: 1 });
  });
}
