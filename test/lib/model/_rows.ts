import {
  type BackboneName,
  PAPER_LAW,
  type VaeConfig,
} from "../../../lib/model/mod.ts";
import { KL } from "./_kl.ts";
import { VAE } from "./_models.ts";

const SHARED = { image_size: 8, patch_size: 4, latent_dim: 4 } as const;

/** A small VAE of every backbone: images of 8 pixels, four tokens of four numbers. */
export const BACKBONE_CONFIGS: {
  readonly [K in BackboneName]: VaeConfig<K>;
} = {
  hybrid: VAE,
  cnn: {
    ...SHARED,
    ...PAPER_LAW,
    backbone: "cnn",
    z_channels: 8,
    ch: 32,
    ch_mult: [1, 1, 2],
    num_res_blocks: 1,
  },
  vit: {
    ...SHARED,
    ...PAPER_LAW,
    backbone: "vit",
    z_channels: 16,
    encoder_vit_layers: 1,
    decoder_vit_layers: 2,
  },
  kl16: {
    ...KL,
    ...SHARED,
    ch_mult: [1, 1, 2],
    latent_scale: undefined,
  },
};
