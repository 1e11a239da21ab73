import { z } from "zod";
import {
  AR_TRAINING,
  AUGMENTATION,
  AUGMENTATION_NUMBERS,
  VAE_NUMBERS,
} from "../../preset/mod.ts";

const { shift, minFraction } = AUGMENTATION_NUMBERS;
const { klWeight } = VAE_NUMBERS.shape;
const { steps, epochs, batch, parts, learningRate, classDropout } =
  AR_TRAINING.shape;

/** Numbers of any training that may differ from the preset's. */
export const TRAINING_OPTIONS = {
  steps: steps.optional()
    .describe("optimiser steps (default: the preset's)"),
  epochs: epochs.optional()
    .describe("how often each image is seen, in the place of --steps"),
  batch: batch.optional()
    .describe("images in one step (default: the preset's)"),
  parts: parts.describe(
    "parts of a batch that ranks share, a power of two; how many ranks then " +
      "changes no byte (default: the preset's, or 1, as suits one process)",
  ),
  learningRate: learningRate.optional()
    .describe("peak learning rate (default: the preset's)"),
};

/** Yes or no on the command line, true or false in pipeline files. */
const YES_OR_NO = z.union([
  z.boolean(),
  z.stringbool({
    truthy: ["yes", "true"],
    falsy: ["no", "false"],
  }),
], { error: "expected yes or no" }).meta({ value: "yes|no" });

/** How views of images are made, in the place of the preset's numbers. */
export const VIEW_OPTIONS = {
  flip: YES_OR_NO.optional().describe(
    "mirror images (default: the preset's, or as their classes allow)",
  ),
  augmentation: AUGMENTATION.optional().describe(
    "how an image is cut out each time it is seen (default: the preset's)",
  ),
  shift: shift.optional().describe(
    "largest shift of an image in pixels (default: the preset's)",
  ),
  minFraction: minFraction.optional().describe(
    "least side of a random crop, as a share of the smaller side (default: the " +
      "preset's)",
  ),
};

/** Numbers of the S-VAE's training beside those of any. */
export const VAE_OPTIONS = {
  ...VIEW_OPTIONS,
  klWeight: klWeight.optional().describe(
    "weight of the mean KL divergence to uniform (default: the preset's)",
  ),
};

/** Numbers of the AR model's training beside those of any. */
export const AR_OPTIONS = {
  classDropout: classDropout.optional().describe(
    "share of images whose class is dropped (default: the preset's)",
  ),
};

/** Options of how a training is computed, which do not change what it is. */
export const COMPUTE_OPTIONS = {
  recompute: z.boolean().optional().describe(
    "compute blocks again for their gradients: less memory, a third more work",
  ),
  accumulate: z.int().min(1).max(65_536).optional().describe(
    "parts of a batch whose gradients are added up in turn: less memory",
  ),
  checkpointEvery: z.number().min(0).max(86_400).optional().describe(
    "seconds between states that a killed run goes on from (default: 30)",
  ),
};

/** Options of what a training leaves beside its output. */
export const KEEPING_OPTIONS = {
  keepState: z.boolean().optional().describe(
    "leave the state beside the output, so that more --steps go on from it",
  ),
  saveEvery: z.int().min(1).optional().describe(
    "steps between milestones: the weights so far, beside the output",
  ),
  keepLast: z.int().min(1).optional().describe(
    "milestones that stay; older ones are removed (default: all stay)",
  ),
  log: z.string().min(1).optional().describe(
    "folder for the scalars of every step: JSON lines, and TensorBoard's files",
  ).meta({ value: "folder", path: "^(.+)$" }),
};

/** Options of how a training is watched on held-out data. */
export const VALIDATING_OPTIONS = {
  validateEvery: z.int().min(1).optional().describe(
    "steps between validations on --heldout (default: ten in all)",
  ),
  keepBest: z.boolean().optional().describe(
    "leave the weights of the best validation beside the output",
  ),
};
