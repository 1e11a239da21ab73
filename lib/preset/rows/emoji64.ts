import type { PresetRow } from "../row.ts";
import { says } from "../row.ts";
import { here } from "../source.ts";

/** The same images at 64 pixels: hours on two CPU cores, minutes on a GPU. */
export const EMOJI64 = {
  summary: "Emoji at 64 px, ten classes: hours on two CPU cores",
  extends: "tiny",
  statements: [
    says(here("twice the side"), {
      dataset: "emoji64",
      vae: { image_size: 64 },
      vaeTraining: { shift: 4 },
      latents: { shift: 2 },
      arTraining: { shift: 2 },
    }),
    says(here("wider and deeper than tiny, for longer; not searched"), {
      vae: {
        z_channels: 192,
        cnn_chs: [32, 64, 96, 192],
        encoder_vit_layers: 2,
        decoder_vit_layers: 3,
      },
      vaeTraining: { steps: 12_000, warmup: 200 },
      ar: { dim: 256, n_layer: 6, n_head: 4, diff_dim: 256 },
      arTraining: { steps: 12_000, learningRate: 1e-3, warmup: 200 },
    }),
  ],
} as const satisfies PresetRow;
