import type { PresetRow } from "../row.ts";
import { says } from "../row.ts";
import { here, others, paper } from "../source.ts";

/** Sizes of VQGAN's convolutions, as MAR's VAE has them too. */
const VQGAN_SIZES = {
  ch: 128,
  ch_mult: [1, 1, 2, 2, 4],
  num_res_blocks: 2,
} as const;

/** The CNN of Table 4. */
export const ABLATION_CNN = {
  summary: "Appendix D: the S-VAE on VQGAN's convolutions",
  extends: "ablation-s-04",
  published: {
    source: paper("Table 4"),
    parameters: 70e6,
    fid: 2.63,
    inceptionScore: 262.6,
    precision: 0.82,
    recall: 0.55,
  },
  statements: [
    says(paper("Table 4"), { vae: { backbone: "cnn" } }),
    says(others("CompVis/taming-transformers, vqgan_imagenet_f16_16384"), {
      vae: VQGAN_SIZES,
    }),
    says(here("features that make the 70M parameters of Table 4"), {
      vae: { z_channels: 128 },
    }),
  ],
} as const satisfies PresetRow;

/** The ViT of Table 4. */
export const ABLATION_VIT = {
  summary: "Appendix D: the S-VAE on transformers alone",
  extends: "ablation-s-04",
  published: {
    source: paper("Table 4"),
    parameters: 170e6,
    fid: 2.81,
    inceptionScore: 251.3,
    precision: 0.82,
    recall: 0.55,
  },
  statements: [
    says(paper("Appendix D"), {
      vae: {
        backbone: "vit",
        z_channels: 768,
        encoder_vit_layers: 12,
        decoder_vit_layers: 12,
      },
    }),
  ],
} as const satisfies PresetRow;

/** MAR's KL-16 VAE in the place of the S-VAE (Table 3). */
export const ABLATION_MAR = {
  summary: "Appendix C: MAR's VAE in the place of the S-VAE, as it is trained",
  extends: "ablation-s-04",
  published: {
    source: paper("Table 3"),
    fid: 4.54,
    inceptionScore: 241.6,
    precision: 0.84,
    recall: 0.45,
  },
  statements: [
    says(paper("Appendix C"), {
      vae: { backbone: "kl16", posterior: "gaussian" },
    }),
    says(others("LTH14/mar, models/vae.py and engine_mar.py"), {
      vae: { ...VQGAN_SIZES, latent_scale: 0.2325 },
    }),
  ],
} as const satisfies PresetRow;
