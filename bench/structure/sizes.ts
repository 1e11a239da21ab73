import { type ArConfig, PAPER_LAW } from "../../lib/model/mod.ts";
import { PAPER_AR, PRESETS } from "../../lib/preset/checked.ts";
import type { SamplingOptions } from "../../lib/sample/mod.ts";

/** A model with how it is trained and sampled. */
export interface ModelSize {
  readonly summary: string;
  readonly ar: ArConfig;
  readonly training: { readonly batch: number; readonly diffBatchMul: number };
  readonly sampling: SamplingOptions & { readonly images: number };
  /** Whether the weights are too large to count what the host does. */
  readonly isLarge?: boolean;
}

const { ar: TINY_AR, arTraining, sampling, vae } = PRESETS.tiny;

/** Models whose structure is counted, by name. */
export const SIZES = {
  golden: {
    summary: "the model of the recorded runs, 64 x 2 layers, 16 tokens",
    ar: {
      dim: 64,
      n_layer: 2,
      n_head: 2,
      diff_layers: 4,
      diff_dim: 64,
      diff_adanln_layers: 2,
      cls_token_num: 4,
      num_classes: 5,
      latent_dim: 16,
      grid: 4,
      ...PAPER_LAW,
    },
    training: { batch: 2, diffBatchMul: 4 },
    sampling: {
      images: 1,
      solver: "euler-maruyama",
      steps: 8,
      guidance: { cfg: 3.5, schedule: "linear" },
    },
  },
  tiny: {
    summary: "the tiny preset, 192 x 4 layers",
    ar: {
      ...TINY_AR,
      num_classes: 12,
      latent_dim: vae.latent_dim,
      grid: vae.image_size / vae.patch_size,
      ...PAPER_LAW,
    },
    training: {
      batch: arTraining.batch,
      diffBatchMul: arTraining.diffBatchMul,
    },
    sampling: {
      images: 64,
      solver: sampling.solver,
      steps: sampling.steps,
      guidance: { cfg: sampling.cfg, schedule: sampling.cfgSchedule },
    },
  },
  B: {
    summary: "SphereAR-B, 768 x 24 layers, 256 tokens",
    isLarge: true,
    ar: {
      ...PAPER_AR.B,
      num_classes: 1000,
      latent_dim: 16,
      grid: 16,
      ...PAPER_LAW,
    },
    training: { batch: 16, diffBatchMul: 4 },
    sampling: {
      images: 1,
      solver: "euler-maruyama",
      steps: 100,
      guidance: { cfg: 4.5, schedule: "linear" },
    },
  },
} as const satisfies Readonly<Record<string, ModelSize>>;

/** Name of a size. */
export type SizeName = keyof typeof SIZES;

/** Names of all sizes, small ones first. */
export const SIZE_NAMES = Object.keys(SIZES) as readonly SizeName[];
