import { PAPER_LAW, VGG16 } from "../lib/model/mod.ts";
import { PAPER_AR, PAPER_VAE, PRESETS } from "../lib/preset/checked.ts";
import type { Work } from "./work.ts";

/** How many times faster than the peer we mean to be. */
export interface Targets {
  /** Against torch as it is shipped. */
  readonly default: number;
  /** Against torch with its tuned kernels. */
  readonly tuned: number;
}

/** One line of the benchmark. */
export interface BenchCase {
  readonly summary: string;
  /** What one measured time is of. */
  readonly unit: "step" | "token" | "image" | "batch";
  readonly work: Work;
  /** Measured times in a round. */
  readonly iterations: number;
  readonly targets?: Targets;
}

/** Sizes at which the release was measured first: 64 px, 16 tokens, 12 classes. */
const SMALL_AR = {
  dim: 192,
  n_layer: 6,
  n_head: 3,
  diff_layers: 3,
  diff_dim: 192,
  diff_adanln_layers: 1,
  cls_token_num: 4,
  num_classes: 12,
  latent_dim: 16,
  grid: 4,
  ...PAPER_LAW,
} as const;

const SMALL_VAE = {
  backbone: "hybrid",
  posterior: "power-spherical",
  normalize: "none",
  image_size: 64,
  patch_size: 16,
  latent_dim: 16,
  z_channels: 128,
  cnn_chs: [64, 64, 64, 64, 128],
  encoder_vit_layers: 2,
  decoder_vit_layers: 3,
} as const;

const IMAGENET_B = {
  ...PAPER_AR.B,
  num_classes: 1000,
  latent_dim: 16,
  grid: 16,
  ...PAPER_LAW,
} as const;

/** Guidance of the release's best samples: scale 4.5, growing over the tokens. */
export const GUIDANCE = { cfg: 4.5, schedule: "linear" } as const;

const SVAE_TARGETS: Targets = { default: 1, tuned: 0.9 };

/** What a step with a perceptual and an adversarial term is to reach. */
const GAN_TARGETS: Targets = { default: 1.2, tuned: 1.2 };

const {
  vae: TINY_VAE,
  vaeTraining: TINY_TRAINING,
  classifier: TINY_CLASSIFIER,
} = PRESETS.tiny;

/** Every case by name. */
export const CASES = {
  "ar-training": {
    summary: "AR training step, 192 x 6 layers, 16 tokens, batch 64",
    unit: "step",
    work: { kind: "ar-training", ar: SMALL_AR, batch: 64, diffBatchMul: 4 },
    iterations: 8,
    targets: { default: 1.7, tuned: 1.2 },
  },
  "svae-training": {
    summary: "S-VAE training step, 64 px, 64 channels at full size, batch 64",
    unit: "step",
    work: {
      kind: "svae-training",
      vae: SMALL_VAE,
      batch: 64,
      klWeight: 0.004,
    },
    iterations: 2,
    targets: SVAE_TARGETS,
  },
  "svae-training-tiny": {
    summary: "S-VAE training step of the tiny preset, 32 px, batch 32",
    unit: "step",
    work: {
      kind: "svae-training",
      vae: TINY_VAE,
      batch: TINY_TRAINING.batch,
      klWeight: TINY_TRAINING.klWeight,
    },
    iterations: 8,
    targets: SVAE_TARGETS,
  },
  "svae-gan-training": {
    summary:
      "S-VAE training step of the paper, 256 px, LPIPS, PatchGAN, batch 2",
    unit: "step",
    work: {
      kind: "svae-gan-training",
      vae: PAPER_VAE,
      batch: 2,
      klWeight: 0.004,
      perceptual: VGG16,
      ndf: 64,
      n_layers: 3,
      batchNormRows: 1,
    },
    iterations: 2,
    targets: GAN_TARGETS,
  },
  "svae-gan-training-tiny": {
    summary:
      "S-VAE training step of the tiny preset with both terms, 32 px, batch 32",
    unit: "step",
    work: {
      kind: "svae-gan-training",
      vae: TINY_VAE,
      batch: TINY_TRAINING.batch,
      klWeight: TINY_TRAINING.klWeight,
      perceptual: {
        name: "classifier",
        image_size: TINY_VAE.image_size,
        channels: TINY_CLASSIFIER.channels,
        features: TINY_CLASSIFIER.features,
        num_classes: 10,
      },
      ndf: 16,
      n_layers: 2,
      batchNormRows: 16,
    },
    iterations: 8,
    targets: GAN_TARGETS,
  },
  "sampling-tiny": {
    summary: "Sampling, 192 x 6 layers, batch 64, 25 steps, guided",
    unit: "token",
    work: {
      kind: "sampling",
      ar: SMALL_AR,
      images: 64,
      steps: 25,
      guidance: GUIDANCE,
    },
    iterations: 14,
    targets: { default: 2, tuned: 1.2 },
  },
  "sampling-b": {
    summary: "Sampling at SphereAR-B width, batch 1, 100 steps, guided",
    unit: "token",
    work: {
      kind: "sampling",
      ar: IMAGENET_B,
      images: 1,
      steps: 100,
      guidance: GUIDANCE,
    },
    iterations: 3,
    targets: { default: 4, tuned: 1.3 },
  },
  "sampling-b-q8": {
    summary: "The same with our matrices in 8 bits",
    unit: "token",
    work: {
      kind: "sampling",
      ar: IMAGENET_B,
      images: 1,
      steps: 100,
      guidance: GUIDANCE,
      weights: "q8",
    },
    iterations: 3,
    targets: { default: 8, tuned: 2.5 },
  },
  "sampling-b-batch": {
    summary: "Sampling at SphereAR-B width, batch 4, 100 steps, guided",
    unit: "token",
    work: {
      kind: "sampling",
      ar: IMAGENET_B,
      images: 4,
      steps: 100,
      guidance: GUIDANCE,
    },
    iterations: 3,
    targets: { default: 2.5, tuned: 1.1 },
  },
  "decode-b": {
    summary: "Decoding one 256 px image with the paper's S-VAE",
    unit: "image",
    work: { kind: "decoding", vae: PAPER_VAE, images: 1 },
    iterations: 4,
    targets: { default: 1.3, tuned: 1.3 },
  },
  inception: {
    summary: "Features of 16 images of 256 px by Inception of 2015-12-05",
    unit: "batch",
    work: {
      kind: "features",
      network: { name: "inception-2015-12-05" },
      size: 256,
      images: 16,
    },
    iterations: 3,
    targets: { default: 1.2, tuned: 1.2 },
  },
} as const satisfies Readonly<Record<string, BenchCase>>;

/** Name of a case. */
export type CaseName = keyof typeof CASES;

/** Names of all cases, in their order. */
export const CASE_NAMES = Object.keys(CASES) as readonly CaseName[];
