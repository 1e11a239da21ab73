import { z } from "zod";
import { channels, size } from "./bounds.ts";

/** A count of steps that may be none. */
function steps(): z.ZodInt {
  return z.int().min(0).max(100_000_000);
}

/** The weight of a term of a loss; 0 leaves the term out. */
function weight(): z.ZodNumber {
  return z.number().min(0).max(1e6);
}

/** Largest random shift of an image. */
function shift(): z.ZodInt {
  return z.int().min(0).max(4_096);
}

/** What every training shares: AdamW, warm-up, cosine, average. */
const TRAINING_NUMBERS = z.strictObject({
  steps: steps().min(1).describe("optimiser steps"),
  batch: size().describe("images in one step"),
  learningRate: z.number().positive().describe("peak learning rate"),
  finalRate: z.number().min(0).max(1).describe(
    "learning rate at the end of the cosine, as a share of the peak; 1 keeps " +
      "it constant",
  ),
  warmup: steps().describe("steps of linear warm-up"),
  beta1: z.number().min(0).lt(1).describe("decay of AdamW's first moment"),
  beta2: z.number().min(0).lt(1).describe("decay of AdamW's second moment"),
  weightDecay: z.number().min(0).max(10).describe(
    "decoupled weight decay, on matrices only",
  ),
  clip: z.number().positive().describe("largest norm of the gradients"),
  spikeRatio: z.number().min(1).max(1e6).optional().describe(
    "largest norm of the gradients over its running median (default: any)",
  ),
  spikeAction: z.enum(["skip", "stop"]).optional().describe(
    "leave out steps above it, or end the training (default: skip)",
  ),
  ema: z.number().min(0).lt(1).describe(
    "decay of the moving average of the parameters; 0 keeps the last ones",
  ),
  emaRamp: z.boolean().describe(
    "start that decay low, so that a short run forgets its start",
  ),
});

/** Mirroring, of every training on images. */
const flip = z.boolean().optional().describe(
  "mirror images at random (default: yes, or as the classes allow)",
);

/** A perceptual term (Section 4.1). */
const PERCEPTUAL = z.strictObject({
  network: z.enum(["vgg16-lpips", "classifier"]).describe(
    "whose features are compared",
  ),
  weight: weight().describe("weight of the term; 0 leaves it out"),
  dropout: z.boolean().describe("drop features at random, as the release does"),
});

/** An adversarial term (Section 4.1). */
const ADVERSARIAL = z.strictObject({
  discriminator: z.enum(["patchgan", "stylegan"]).describe(
    "the network that judges reconstructions",
  ),
  ndf: size().optional().describe("channels of PatchGAN's first layer"),
  n_layers: z.int().min(1).max(8).optional().describe(
    "layers of PatchGAN that halve the image",
  ),
  loss: z.enum(["hinge", "vanilla", "non-saturating"]).describe(
    "loss of the discriminator",
  ),
  generatorLoss: z.enum(["hinge", "vanilla", "non-saturating"]).describe(
    "loss of the S-VAE against it",
  ),
  weight: weight().describe("weight of that loss; 0 leaves the term out"),
  from: steps().describe("step at which it sets in"),
  warmup: steps().describe("steps over which its weight grows from there"),
  batchNormRows: size().optional().describe(
    "images that PatchGAN's batch norms norm together (default: the batch)",
  ),
  lecam: weight().describe("weight of LeCAM's regularisation; 0 leaves it out"),
  r1: weight().describe("gamma of the R1 penalty; 0 leaves it out"),
});

/** Training of the S-VAE. */
export const VAE_TRAINING = z.strictObject({
  ...TRAINING_NUMBERS.shape,
  reconstruction: z.enum(["l1", "l2"]).optional().describe(
    "error of reconstructions that is lowered (default: l1)",
  ),
  klWeight: weight().describe("weight of the mean KL divergence to the prior"),
  shift: shift().describe("largest random shift in pixels along each axis"),
  flip,
  perceptual: PERCEPTUAL.optional(),
  adversarial: ADVERSARIAL.optional(),
});

/** Training of the AR model. */
export const AR_TRAINING = z.strictObject({
  ...TRAINING_NUMBERS.shape,
  classDropout: z.number().min(0).max(1).describe(
    "share of images whose class is dropped, for classifier-free guidance",
  ),
  diffBatchMul: size().describe("fresh noise levels per token and step"),
  classPower: z.number().min(0).max(10).describe(
    "a class of n images is drawn with weight n to this power",
  ),
});

/** Training of the small classifier, with its sizes. */
export const CLASSIFIER_TRAINING = z.strictObject({
  ...TRAINING_NUMBERS.shape,
  channels: channels(1).describe("channels of its convolutions"),
  features: size().describe("width of the features"),
  shift: shift().describe("largest random shift in pixels along each axis"),
  flip,
});

/** What the latent cache holds of each image. */
export const LATENT_VIEWS = z.strictObject({
  shift: shift().describe(
    "pixels of the four shifts beside the image as it is; 0 for none",
  ),
  flip: z.boolean().describe("hold each view mirrored too"),
});

/** What every training shares. */
export type TrainingNumbers = Readonly<z.infer<typeof TRAINING_NUMBERS>>;

/** Training of the S-VAE. */
export type VaeTraining = Readonly<z.infer<typeof VAE_TRAINING>>;

/** Training of the AR model. */
export type ArTraining = Readonly<z.infer<typeof AR_TRAINING>>;

/** Training of the classifier whose features serve the metrics. */
export type ClassifierTraining = Readonly<z.infer<typeof CLASSIFIER_TRAINING>>;

/** What the latent cache holds of each image. */
export type LatentViews = Readonly<z.infer<typeof LATENT_VIEWS>>;
