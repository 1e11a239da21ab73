/** Sizes of an S-VAE; the names are the release's. */
export interface VaeSizes {
  /** Height and width of the picture in pixels. */
  readonly image_size: number;
  /** Pixels per token along each axis: 2 to the number of down blocks. */
  readonly patch_size: number;
  /** Numbers in one latent token, `d`. */
  readonly latent_dim: number;
  /** Width of the transformer. */
  readonly z_channels: number;
  /** Channels of the convolution stem: one more entry than there are down blocks. */
  readonly cnn_chs: readonly number[];
  /** Transformer blocks of the encoder. */
  readonly encoder_vit_layers: number;
  /** Transformer blocks of the decoder. */
  readonly decoder_vit_layers: number;
}

/** Sizes of an AR model; the names are the release's. */
export interface ArSizes {
  /** Width of the transformer. */
  readonly dim: number;
  /** Transformer blocks. */
  readonly n_layer: number;
  /** Attention heads. */
  readonly n_head: number;
  /** Blocks of the diffusion head. */
  readonly diff_layers: number;
  /** Width of the diffusion head. */
  readonly diff_dim: number;
  /** Groups of consecutive head blocks that share one adaLN linear. */
  readonly diff_adanln_layers: number;
  /** Class tokens in front of the sequence. */
  readonly cls_token_num: number;
}

/** What every training shares: AdamW, warm-up, cosine, EMA. */
export interface TrainingNumbers {
  /** Optimiser steps. */
  readonly steps: number;
  /** Pictures in one step. */
  readonly batch: number;
  /** Peak learning rate. */
  readonly learningRate: number;
  /** Learning rate at the end, as a share of the peak. */
  readonly finalRate: number;
  /** Steps of linear warm-up. */
  readonly warmup: number;
  /** Decay of AdamW's first moment. */
  readonly beta1: number;
  /** Decay of AdamW's second moment. */
  readonly beta2: number;
  /** Decoupled weight decay, on matrices only. */
  readonly weightDecay: number;
  /** Largest gradient norm. */
  readonly clip: number;
  /** Decay of the exponential moving average of the parameters. */
  readonly ema: number;
  /** Whether that decay starts low, so that a short run forgets its start. */
  readonly emaRamp: boolean;
}

/** Training of the S-VAE. */
export interface VaeTraining extends TrainingNumbers {
  /** Weight of the mean KL divergence from the uniform distribution. */
  readonly klWeight: number;
  /** Largest random shift in pixels along each axis. */
  readonly shift: number;
}

/** Training of the AR model. */
export interface ArTraining extends TrainingNumbers {
  /** Share of pictures whose class is dropped, for classifier-free guidance. */
  readonly classDropout: number;
  /** Fresh noise levels per token and step. */
  readonly diffBatchMul: number;
  /** A class of n pictures is drawn with weight n to this power. */
  readonly classPower: number;
}

/** What the latent cache holds of each picture. */
export interface LatentViews {
  /** Pixels of the four shifts beside the unshifted picture; 0 for none. */
  readonly shift: number;
  /** True to hold each view mirrored too. */
  readonly flip: boolean;
}

/** How pictures are sampled. */
export interface Sampling {
  /** `euler` (paper) or `euler-maruyama` (release). */
  readonly solver: "euler" | "euler-maruyama";
  /** Solver steps per token, or those of the first and the last as `50:5`. */
  readonly steps: number | `${number}:${number}`;
  /** Scale of classifier-free guidance. */
  readonly cfg: number;
  /** How the scale grows over the tokens. */
  readonly cfgSchedule: "linear" | "constant";
  /** Pictures per class in a run. */
  readonly perClass: number;
}

/** The small classifier whose features serve the metrics. */
export interface ClassifierTraining extends TrainingNumbers {
  /** Channels of its convolutions. */
  readonly channels: readonly number[];
  /** Width of the features. */
  readonly features: number;
  /** Largest random shift in pixels along each axis. */
  readonly shift: number;
}

/** One row of the table: every number of a run, from pictures to report. */
export interface Preset {
  /** One line for people. */
  readonly summary: string;
  /** Where the pictures come from. */
  readonly dataset: "emoji" | "emoji64";
  /** Share of each class that is held out. */
  readonly heldout: number;
  /** Sizes of the S-VAE. */
  readonly vae: VaeSizes;
  /** Training of the S-VAE. */
  readonly vaeTraining: VaeTraining;
  /** Views in the latent cache. */
  readonly latents: LatentViews;
  /** Sizes of the AR model. */
  readonly ar: ArSizes;
  /** Training of the AR model. */
  readonly arTraining: ArTraining;
  /** Sampling. */
  readonly sampling: Sampling;
  /** Training of the classifier. */
  readonly classifier: ClassifierTraining;
}

/** Width of every attention head (release, `z_channels // 64`). */
export const HEAD_WIDTH = 64;

/** Register tokens in front of both S-VAE transformers (Appendix D). */
export const REGISTER_TOKENS = 4;

/** Shares of the S-VAE and AR trainings that no preset changes. */
const ADAMW = { beta1: 0.9, beta2: 0.95, clip: 1, emaRamp: true } as const;

const CLASSIFIER = {
  ...ADAMW,
  channels: [32, 64, 128],
  features: 32,
  steps: 1200,
  batch: 64,
  learningRate: 2e-3,
  finalRate: 0.02,
  warmup: 50,
  weightDecay: 0.01,
  ema: 0.99,
  shift: 2,
} as const;

/** Ten classes of emoji at 32 pixels: about ten minutes on two CPU cores. */
const TINY = {
  summary: "Emoji at 32 px, ten classes: about ten minutes on two CPU cores",
  dataset: "emoji",
  heldout: 0.1,
  vae: {
    image_size: 32,
    patch_size: 8,
    latent_dim: 16,
    z_channels: 128,
    cnn_chs: [16, 32, 64, 128],
    encoder_vit_layers: 1,
    decoder_vit_layers: 1,
  },
  vaeTraining: {
    ...ADAMW,
    steps: 2300,
    batch: 32,
    learningRate: 2e-3,
    finalRate: 0.02,
    warmup: 50,
    weightDecay: 0.01,
    ema: 0.995,
    klWeight: 0.0005,
    shift: 2,
  },
  latents: { shift: 1, flip: true },
  ar: {
    dim: 192,
    n_layer: 4,
    n_head: 3,
    diff_layers: 3,
    diff_dim: 192,
    diff_adanln_layers: 1,
    cls_token_num: 4,
  },
  arTraining: {
    ...ADAMW,
    steps: 2600,
    batch: 32,
    learningRate: 1.5e-3,
    finalRate: 0.02,
    warmup: 100,
    weightDecay: 0.05,
    ema: 0.995,
    classDropout: 0.1,
    diffBatchMul: 4,
    classPower: 0.5,
  },
  sampling: {
    solver: "euler",
    steps: 25,
    cfg: 3,
    cfgSchedule: "constant",
    perClass: 16,
  },
  classifier: CLASSIFIER,
} as const satisfies Preset;

/** The same pictures at 64 pixels: hours on two CPU cores, minutes on a GPU. */
const EMOJI64 = {
  ...TINY,
  summary: "Emoji at 64 px, ten classes: hours on two CPU cores",
  dataset: "emoji64",
  vae: {
    ...TINY.vae,
    image_size: 64,
    z_channels: 192,
    cnn_chs: [32, 64, 96, 192],
    encoder_vit_layers: 2,
    decoder_vit_layers: 3,
  },
  vaeTraining: { ...TINY.vaeTraining, steps: 12_000, warmup: 200, shift: 4 },
  latents: { shift: 2, flip: true },
  ar: { ...TINY.ar, dim: 256, n_layer: 6, n_head: 4, diff_dim: 256 },
  arTraining: {
    ...TINY.arTraining,
    steps: 12_000,
    learningRate: 1e-3,
    warmup: 200,
  },
} as const satisfies Preset;

/** Every runnable preset by name; the only place where a default lives. */
export const PRESETS = {
  tiny: TINY,
  emoji64: EMOJI64,
} as const satisfies Record<string, Preset>;

/** Name of a preset. */
export type PresetName = keyof typeof PRESETS;
