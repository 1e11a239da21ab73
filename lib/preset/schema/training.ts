import { z } from "zod";
import { ORDERS } from "../../random/mod.ts";
import {
  AUGMENTATION,
  augmentationShape,
  checkAugmentation,
  checkDecay,
} from "./augmentation.ts";
import { channels, size, steps, weight } from "./bounds.ts";
import { LENGTH, requireOneLength } from "./length.ts";
import { namesOf } from "./names.ts";

/** What every training shares: AdamW, warm-up, cosine, average. */
const TRAINING_NUMBERS = z.strictObject({
  ...LENGTH,
  batch: size().describe("images in one step"),
  parts: size().refine(isPowerOfTwo, { error: "expected a power of two" })
    .optional().describe(
      "parts of a batch that ranks share; how many ranks then changes no byte " +
        "(default: 1, as suits one process)",
    ),
  order: namesOf(ORDERS).optional().describe(
    "each image once an epoch, or drawn anew at every step (default: draws)",
  ),
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

function isPowerOfTwo(value: number): boolean {
  return Number.isInteger(Math.log2(value));
}

/** How a training sees images. */
const VIEWS = {
  augmentation: AUGMENTATION.describe(
    "how an image is cut out, anew each time it is seen",
  ),
  ...augmentationShape(),
  flip: z.boolean().optional().describe(
    "mirror images at random (default: yes, or as the classes allow)",
  ),
};

/** Epochs over which images come to be seen as they are. */
const DECAY = {
  augmentUntil: epoch().optional().describe(
    "epochs in which all images are augmented (default: all of them)",
  ),
  augmentEnd: epoch().optional().describe(
    "epochs after which none is; between both their share falls linearly",
  ),
};

function epoch(): z.ZodNumber {
  return z.number().min(0).max(1_000_000);
}

/** Training of the S-VAE, without what follows from tables of terms. */
export const VAE_NUMBERS = z.strictObject({
  ...TRAINING_NUMBERS.shape,
  klWeight: weight().describe("weight of the mean KL divergence to the prior"),
  ...VIEWS,
  ...DECAY,
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
  ...VIEWS,
  augmentation: AUGMENTATION.optional().describe(
    "how an image is cut out where it is encoded as training goes on",
  ),
  ...DECAY,
}).superRefine(requireOneLength).superRefine(checkAugmentation).superRefine(
  checkDecay,
).superRefine(
  ({ order, classPower }, context) => {
    if (order !== "epochs" || classPower === 1) return;
    const message = "expected 1 with order epochs, where each image comes once";
    context.addIssue({ code: "custom", path: ["classPower"], message });
  },
);

/** Training of the small classifier, with its sizes. */
export const CLASSIFIER_TRAINING = z.strictObject({
  ...TRAINING_NUMBERS.shape,
  channels: channels(1).describe("channels of its convolutions"),
  features: size().describe("width of the features"),
  ...VIEWS,
  ...DECAY,
}).superRefine(requireOneLength).superRefine(checkAugmentation).superRefine(
  checkDecay,
);

/** What vectors of cached posteriors may be stored in. */
export const LATENT_DTYPES = ["f32", "f16"] as const;

/** One of them. */
export type LatentDType = typeof LATENT_DTYPES[number];

/** What the latent cache holds of each image. */
export const LATENT_VIEWS = z.strictObject({
  ...VIEWS,
  crops: z.int().min(0).max(4_096).optional().describe(
    "crops drawn for each image beside the image as it is (default: none, but " +
      "the four largest shifts where images are shifted)",
  ),
  flip: z.boolean().describe("hold each view mirrored too"),
  dtype: z.enum(LATENT_DTYPES).optional().describe(
    "what vectors of posteriors are stored in (default: f32)",
  ),
}).superRefine(checkAugmentation);

/** How many images the metrics compare, as many of each class as there are. */
export const EVALUATION = z.strictObject({
  train: size().describe("training images that the metrics compare with"),
  heldout: size().describe("held-out images that are compared"),
});

/** What every training shares. */
export type TrainingNumbers = Readonly<z.infer<typeof TRAINING_NUMBERS>>;

/** Training of the AR model. */
export type ArTraining = Readonly<z.infer<typeof AR_TRAINING>>;

/** Training of the classifier whose features serve the metrics. */
export type ClassifierTraining = Readonly<z.infer<typeof CLASSIFIER_TRAINING>>;

/** What the latent cache holds of each image. */
export type LatentViews = Readonly<z.infer<typeof LATENT_VIEWS>>;
