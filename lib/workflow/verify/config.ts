import { z } from "zod";
import type { ArConfig } from "../../model/mod.ts";
import { vaeSchema } from "../../preset/checked.ts";
import { AR_CONFIG, IMAGE_SIZES } from "../models/mod.ts";

/** The sizes that every model recording holds. */
export const MODEL_CONFIG = IMAGE_SIZES.extend({
  vae: z.looseObject({}),
  ar: AR_CONFIG.omit({ latent_dim: true, grid: true }),
});

type ModelConfig = z.infer<typeof MODEL_CONFIG>;

/** The S-VAE's sizes of a recording, all of which are of the release's backbone. */
export const HYBRID_CONFIG = MODEL_CONFIG.transform(
  ({ image_size, patch_size, latent_dim, vae }): unknown => ({
    image_size,
    patch_size,
    latent_dim,
    ...vae,
  }),
).pipe(vaeSchema("hybrid"));

/** The AR model's sizes of a recording. */
export function arConfigOf(config: ModelConfig): ArConfig {
  const { image_size, patch_size, latent_dim, ar } = config;
  return { ...ar, latent_dim, grid: image_size / patch_size };
}
