import { z } from "zod";
import type { ArConfig, VaeConfig } from "../../lib/model/mod.ts";

/** Sizes come from a file: bounded, so that a hostile one cannot ask for much. */
const size = z.int().min(1).max(65_536);
const depth = z.int().min(0).max(1_000);

/** The sizes that every model recording holds. */
export const MODEL_CONFIG = z.object({
  image_size: size,
  patch_size: size,
  latent_dim: size,
  vae: z.object({
    z_channels: size,
    cnn_chs: z.array(size).min(2).max(16),
    encoder_vit_layers: depth,
    decoder_vit_layers: depth,
  }),
  ar: z.object({
    dim: size,
    n_layer: depth,
    n_head: size,
    diff_layers: depth,
    diff_dim: size,
    diff_adanln_layers: size,
    cls_token_num: size,
    num_classes: z.int().min(1).max(1_000_000),
  }),
});

type ModelConfig = z.infer<typeof MODEL_CONFIG>;

/** The S-VAE's sizes of a recording. */
export function vaeConfigOf(config: ModelConfig): VaeConfig {
  const { image_size, patch_size, latent_dim, vae } = config;
  return { image_size, patch_size, latent_dim, ...vae };
}

/** The AR model's sizes of a recording. */
export function arConfigOf(config: ModelConfig): ArConfig {
  const { image_size, patch_size, latent_dim, ar } = config;
  return { ...ar, latent_dim, grid: image_size / patch_size };
}
