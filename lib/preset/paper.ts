import { PAPER_PRESETS } from "./paper_presets.ts";
import { PRESETS } from "./presets.ts";

const { B, L, H } = PAPER_PRESETS;

/** Sizes of the paper's AR models (Section 4.1). */
export const PAPER_AR = {
  B: PRESETS[B].ar,
  L: PRESETS[L].ar,
  H: PRESETS[H].ar,
} as const;

/** The paper's S-VAE at 256 pixels (Appendix D). */
export const PAPER_VAE = PRESETS[L].vae;

/** MAR's KL-16 VAE, which Table 3 compares with the S-VAE. */
export const MAR_VAE = PRESETS["ablation-mar"].vae;

/** Image sizes of the paper, with class tokens and tokens along an axis. */
export const PAPER_RESOLUTIONS = [PRESETS[L], PRESETS["imagenet512-l"]]
  .map(({ vae, ar }) => ({
    pixels: vae.image_size,
    cls_token_num: ar.cls_token_num,
    grid: vae.image_size / vae.patch_size,
  }));
