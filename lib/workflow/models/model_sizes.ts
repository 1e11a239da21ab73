import { z } from "zod";

/** Sizes come from a file: bounded, so that a hostile one cannot ask for much. */
const size = z.int().min(1).max(65_536);
const depth = z.int().min(0).max(1_000);

/** Sizes of an S-VAE, as artifacts hold them. */
export const VAE_CONFIG = z.object({
  image_size: size,
  patch_size: size,
  latent_dim: size,
  z_channels: size,
  cnn_chs: z.array(size).min(2).max(16),
  encoder_vit_layers: depth,
  decoder_vit_layers: depth,
});

/** Sizes of MAR's KL-16 VAE, as artifacts hold them. */
export const KL_CONFIG = z.object({
  backbone: z.literal("kl16"),
  image_size: size,
  patch_size: size,
  latent_dim: size,
  ch: size,
  ch_mult: z.array(z.int().min(1).max(64)).min(1).max(16),
  num_res_blocks: z.int().min(1).max(64),
  latent_scale: z.number().positive().max(1e6),
});

/** Sizes of an AR model, as artifacts hold them. */
export const AR_CONFIG = z.object({
  dim: size,
  n_layer: depth,
  n_head: size,
  diff_layers: depth,
  diff_dim: size,
  diff_adanln_layers: size,
  cls_token_num: size,
  num_classes: z.int().min(1).max(1_000_000),
  latent_dim: size,
  grid: size,
  posterior: z.enum(["power-spherical", "gaussian"]).optional(),
});
