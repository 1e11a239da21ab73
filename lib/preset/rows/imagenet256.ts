import type { PresetRow } from "../row.ts";
import { says } from "../row.ts";
import { here, paper, release } from "../source.ts";

const ADAMW = { beta1: 0.9, beta2: 0.95, weightDecay: 0.05 } as const;

/** Random crops and flips. */
const CROPS = { augmentation: "random-crop", minFraction: 0.8 } as const;

/** The paper's tokenizer at 256 pixels (Section 4.1, Appendix D). */
export const IMAGENET256_SVAE = {
  summary: "The paper's S-VAE on ImageNet at 256 px, S-04",
  published: { source: paper("Appendix D"), parameters: 75e6 },
  statements: [
    says(paper("Appendix D"), {
      vae: {
        z_channels: 512,
        cnn_chs: [64, 64, 128, 256, 512],
        encoder_vit_layers: 6,
        decoder_vit_layers: 12,
        patch_size: 16,
      },
    }),
    says(paper("Section 4.1"), {
      vae: {
        backbone: "hybrid",
        posterior: "power-spherical",
        normalize: "none",
        image_size: 256,
        latent_dim: 16,
      },
      vaeTraining: { ...ADAMW, epochs: 100, batch: 256, learningRate: 1e-4 },
    }),
    says(paper("Section 4.3, S-04"), { vaeTraining: { klWeight: 0.004 } }),
    says(release("README.md: --warmup-steps -1 --decay-start -1"), {
      vaeTraining: { warmup: 0, finalRate: 1 },
    }),
    says(release("train.py: --max-grad-norm, --ema"), {
      vaeTraining: { clip: 1, ema: 0, emaRamp: false },
    }),
    says(release("train.py: DistributedSampler, an epoch after another"), {
      vaeTraining: { order: "epochs" },
    }),
    says(release("SphereAR/dataset.py: random_crop_arr, is_flip"), {
      vaeTraining: { ...CROPS, flip: true },
      latents: { ...CROPS, flip: true },
    }),
    says(here("crops that stand for one anew each epoch"), {
      latents: { crops: 10 },
    }),
    says(
      here("half of the disk: rounding is far below the posteriors' spread"),
      {
        latents: { dtype: "f16" },
      },
    ),
    says(release("train.py, SphereAR/gan: the defaults"), {
      vaeTraining: {
        perceptual: { network: "vgg16-lpips", weight: 1, dropout: true },
        adversarial: {
          discriminator: "patchgan",
          ndf: 64,
          n_layers: 3,
          loss: "hinge",
          generatorLoss: "hinge",
          weight: 0.5,
          from: 20_000,
          warmup: 0,
        },
      },
    }),
    says(release("README.md: 8 processes with batch norms of their own"), {
      vaeTraining: { parts: 8, adversarial: { batchNormRows: 32 } },
    }),
    says(here("two or three of each class, where no others are given"), {
      heldout: 0.002,
    }),
    says(here("what metrics and pages hold in memory: few of each class"), {
      evaluation: { train: 2000, heldout: 1000 },
    }),
  ],
} as const satisfies PresetRow;

/** SphereAR-B at 256 pixels, and what B, L and H share. */
export const IMAGENET256_B = {
  summary: "SphereAR-B on ImageNet at 256 px",
  extends: "imagenet256-svae",
  published: {
    source: paper("Table 1"),
    parameters: 208e6,
    fid: 1.92,
    inceptionScore: 277.8,
    precision: 0.81,
    recall: 0.61,
  },
  statements: [
    says(paper("Section 4.1"), {
      ar: {
        dim: 768,
        n_layer: 24,
        diff_layers: 6,
        diff_dim: 768,
        cls_token_num: 16,
      },
      arTraining: {
        ...ADAMW,
        epochs: 400,
        batch: 512,
        learningRate: 3e-4,
        warmup: 20_000,
        ema: 0.9999,
        classDropout: 0.1,
      },
    }),
    says(release("SphereAR/model.py"), {
      ar: { n_head: 12, diff_adanln_layers: 2 },
      arTraining: { diffBatchMul: 4 },
    }),
    says(release("train.py: --min-lr 1e-5"), {
      arTraining: { finalRate: 1e-5 / 3e-4 },
    }),
    says(release("train.py: --max-grad-norm, update_ema, all images alike"), {
      arTraining: { clip: 1, emaRamp: false, order: "epochs", classPower: 1 },
    }),
    says(release("SphereAR/dataset.py: random_crop_arr, is_flip"), {
      arTraining: { ...CROPS, flip: true },
    }),
    says(release("train.py: --aug-decay-start-epoch, --aug-decay-end-epoch"), {
      arTraining: { augmentUntil: 350, augmentEnd: 375 },
    }),
    says(here("so many processes may share a batch"), {
      arTraining: { parts: 16 },
      classifier: { parts: 8 },
    }),
    says(release("sample_ddp.py, SphereAR/sampling.py"), {
      sampling: {
        solver: "euler-maruyama",
        steps: 100,
        cfgSchedule: "linear",
      },
    }),
    says(release("README.md: --cfg-scale"), { sampling: { cfg: 4.5 } }),
    says(here("an image of each class; FID takes 50"), {
      sampling: { perClass: 1 },
    }),
    says(here("a classifier that costs next to nothing; not searched"), {
      classifier: {
        ...ADAMW,
        ...CROPS,
        epochs: 10,
        batch: 256,
        order: "epochs",
        learningRate: 2e-3,
        finalRate: 0.02,
        warmup: 1000,
        clip: 1,
        ema: 0.999,
        emaRamp: true,
        channels: [32, 64, 128, 256, 256],
        features: 128,
      },
    }),
  ],
} as const satisfies PresetRow;

/** SphereAR-L at 256 pixels. */
export const IMAGENET256_L = {
  summary: "SphereAR-L on ImageNet at 256 px",
  extends: "imagenet256-b",
  published: {
    source: paper("Table 1"),
    parameters: 479e6,
    fid: 1.54,
    inceptionScore: 295.9,
    precision: 0.80,
    recall: 0.63,
  },
  statements: [
    says(paper("Section 4.1"), {
      ar: { dim: 1024, n_layer: 32, diff_layers: 8, diff_dim: 1024 },
    }),
    says(release("SphereAR/model.py"), { ar: { n_head: 16 } }),
    says(release("README.md: --cfg-scale"), { sampling: { cfg: 4.6 } }),
  ],
} as const satisfies PresetRow;

/** SphereAR-H at 256 pixels. */
export const IMAGENET256_H = {
  summary: "SphereAR-H on ImageNet at 256 px",
  extends: "imagenet256-b",
  published: {
    source: paper("Table 1"),
    parameters: 943e6,
    fid: 1.34,
    inceptionScore: 300.0,
    precision: 0.80,
    recall: 0.64,
  },
  statements: [
    says(paper("Section 4.1"), {
      ar: { dim: 1280, n_layer: 40, diff_layers: 12, diff_dim: 1280 },
    }),
    says(release("SphereAR/model.py"), {
      ar: { n_head: 20, diff_adanln_layers: 3 },
    }),
  ],
} as const satisfies PresetRow;
