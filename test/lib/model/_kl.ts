import type { VaeConfig } from "../../../lib/model/mod.ts";

/** Images of 16 pixels as 64 tokens of four numbers. */
export const KL: VaeConfig<"kl16"> = {
  backbone: "kl16",
  posterior: "gaussian",
  normalize: "none",
  image_size: 16,
  patch_size: 2,
  latent_dim: 4,
  ch: 32,
  ch_mult: [1, 2],
  num_res_blocks: 1,
  latent_scale: 0.2325,
};
