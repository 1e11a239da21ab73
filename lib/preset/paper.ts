import type { ArSizes, Sampling, VaeSizes } from "./preset.ts";

/** The paper's S-VAE at 256 pixels, about 75M parameters (Appendix D). */
export const PAPER_VAE = {
  image_size: 256,
  patch_size: 16,
  latent_dim: 16,
  z_channels: 512,
  cnn_chs: [64, 64, 128, 256, 512],
  encoder_vit_layers: 6,
  decoder_vit_layers: 12,
} as const satisfies VaeSizes;

/**
 * MAR's KL-16 VAE, which Table 3 compares with the S-VAE: what its checkpoint
 * does not show (LTH14/mar, models/vae.py and engine_mar.py).
 */
export const MAR_VAE = { image_size: 256, latent_scale: 0.2325 } as const;

/** The paper's AR models (Section 4), with their ImageNet 256 scores (Table 1). */
export const PAPER_AR = {
  /** 208M parameters: FID 1.92, IS 277.8, precision 0.81, recall 0.61. */
  B: {
    dim: 768,
    n_layer: 24,
    n_head: 12,
    diff_layers: 6,
    diff_dim: 768,
    diff_adanln_layers: 2,
    cls_token_num: 16,
  },
  /** 479M parameters: FID 1.54, IS 295.9, precision 0.80, recall 0.63. */
  L: {
    dim: 1024,
    n_layer: 32,
    n_head: 16,
    diff_layers: 8,
    diff_dim: 1024,
    diff_adanln_layers: 2,
    cls_token_num: 16,
  },
  /** 943M parameters: FID 1.34, IS 300.0, precision 0.80, recall 0.64. */
  H: {
    dim: 1280,
    n_layer: 40,
    n_head: 20,
    diff_layers: 12,
    diff_dim: 1280,
    diff_adanln_layers: 3,
    cls_token_num: 16,
  },
} as const satisfies Record<string, ArSizes>;

/** Image sizes of the release, with class tokens and tokens along an axis. */
export const PAPER_RESOLUTIONS = [
  { pixels: 256, cls_token_num: 16, grid: 16 },
  { pixels: 512, cls_token_num: 64, grid: 32 },
] as const;

/** How the release samples, with the best scale of each model. */
const RELEASE_SAMPLING = {
  solver: "euler-maruyama",
  steps: 100,
  cfgSchedule: "linear",
  perClass: 1,
} as const;

/** Sampling of the paper's AR models (release). */
export const PAPER_SAMPLING: Readonly<Record<string, Sampling>> = {
  B: { ...RELEASE_SAMPLING, cfg: 4.5 },
  L: { ...RELEASE_SAMPLING, cfg: 4.6 },
  H: { ...RELEASE_SAMPLING, cfg: 4.5 },
};
