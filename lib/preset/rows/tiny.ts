import type { PresetRow } from "../row.ts";
import { says } from "../row.ts";
import { here, paper, release } from "../source.ts";

const ADAMW = { beta1: 0.9, beta2: 0.95 } as const;

/** The images of the tiny preset: `prepare` makes such unless told otherwise. */
export const TINY_IMAGES = {
  dataset: "emoji",
  heldout: 0.1,
  size: 32,
} as const;

const { size, ...IMAGES } = TINY_IMAGES;

/** Ten classes of emoji at 32 pixels: about ten minutes on two CPU cores. */
export const TINY = {
  summary: "Emoji at 32 px, ten classes: about ten minutes on two CPU cores",
  statements: [
    says(paper("Section 4.1"), {
      vae: {
        backbone: "hybrid",
        posterior: "power-spherical",
        normalize: "none",
        latent_dim: 16,
      },
      vaeTraining: ADAMW,
      arTraining: { ...ADAMW, weightDecay: 0.05, classDropout: 0.1 },
      classifier: ADAMW,
    }),
    says(release("train.py: --max-grad-norm"), {
      vaeTraining: { clip: 1 },
      arTraining: { clip: 1 },
      classifier: { clip: 1 },
    }),
    says(release("SphereAR/model.py: diff_batch_mul"), {
      arTraining: { diffBatchMul: 4 },
    }),
    says(here("images that two cores learn in ten minutes"), IMAGES),
    says(here("a study of sizes by what ten minutes of training reach"), {
      vae: {
        image_size: size,
        patch_size: 8,
        z_channels: 128,
        cnn_chs: [16, 32, 64, 128],
        encoder_vit_layers: 1,
        decoder_vit_layers: 1,
      },
      ar: {
        dim: 192,
        n_layer: 4,
        n_head: 3,
        diff_layers: 3,
        diff_dim: 192,
        diff_adanln_layers: 1,
        cls_token_num: 4,
      },
    }),
    says(here("step counts and rates that end in ten minutes"), {
      vaeTraining: {
        steps: 2300,
        batch: 32,
        learningRate: 2e-3,
        finalRate: 0.02,
        warmup: 50,
        weightDecay: 0.01,
      },
      arTraining: {
        steps: 2600,
        batch: 32,
        learningRate: 1.5e-3,
        finalRate: 0.02,
        warmup: 100,
      },
      classifier: {
        steps: 1200,
        batch: 64,
        learningRate: 2e-3,
        finalRate: 0.02,
        warmup: 50,
        weightDecay: 0.01,
      },
    }),
    says(here("averages of short runs, which forget their start"), {
      vaeTraining: { ema: 0.995, emaRamp: true },
      arTraining: { ema: 0.995, emaRamp: true },
      classifier: { ema: 0.99, emaRamp: true },
    }),
    says(here("0.004 starves the latents where L1 is the only other term"), {
      vaeTraining: { klWeight: 0.0005 },
    }),
    says(here("terms that may be given a weight: sizes for small images"), {
      vaeTraining: {
        perceptual: { network: "classifier", weight: 0, dropout: false },
        adversarial: {
          discriminator: "patchgan",
          ndf: 16,
          n_layers: 2,
          loss: "hinge",
          generatorLoss: "hinge",
          weight: 0,
          from: 500,
          warmup: 200,
          batchNormRows: 16,
        },
      },
    }),
    says(here("few images, seen as many: shifted, mirrored, small classes"), {
      vaeTraining: { augmentation: "shift", shift: 2 },
      latents: { augmentation: "shift", shift: 1, flip: true },
      arTraining: { classPower: 0.5, augmentation: "shift", shift: 1 },
      classifier: { augmentation: "shift", shift: 2 },
    }),
    says(here("the lowest Fréchet distance of the settings tried"), {
      sampling: { cfg: 3, cfgSchedule: "constant" },
    }),
    says(here("25 steps score as 50 do"), {
      sampling: { solver: "euler", steps: 25, perClass: 16 },
    }),
    says(here("a network that trains in half a minute"), {
      classifier: { channels: [32, 64, 128], features: 32 },
    }),
  ],
} as const satisfies PresetRow;
