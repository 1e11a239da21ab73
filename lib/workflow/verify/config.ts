import type { z } from "zod";
import type { ArConfig, VaeConfig } from "../../model/mod.ts";
import { AR_CONFIG, VAE_CONFIG } from "../models/mod.ts";

const IMAGE = { image_size: true, patch_size: true, latent_dim: true } as const;

/** The sizes that every model recording holds. */
export const MODEL_CONFIG = VAE_CONFIG.pick(IMAGE).extend({
  vae: VAE_CONFIG.omit(IMAGE),
  ar: AR_CONFIG.omit({ latent_dim: true, grid: true }),
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
