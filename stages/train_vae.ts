import { z } from "zod";
import { defineStage } from "../lib/pipeline/mod.ts";
import {
  aloneWithoutParts,
  checkPreset,
  COMPUTE_OPTIONS,
  KEEPING_OPTIONS,
  PRESET_OPTIONS,
  presetNumbers,
  settledTraining,
  TRAINING_OPTIONS,
  trainingNumbers,
  VAE_OPTIONS,
  VALIDATING_OPTIONS,
} from "../lib/workflow/options/mod.ts";

/** Trains the S-VAE on images (Section 3.1). */
export const stage = defineStage({
  name: "train-vae",
  summary: "Train the S-VAE: images to latents on a sphere, and back",
  examples: [{
    does: "train the tiny S-VAE",
    args: "--images train.safetensors -o svae.safetensors",
  }, {
    does: "a longer training with a stronger pull to the uniform law",
    args:
      "--images train.safetensors --steps 5000 --kl-weight 0.008 -o svae.safetensors",
  }, {
    does: "against a discriminator too",
    args:
      "--images train.safetensors --set training.adversarial.weight=0.1 -o svae.safetensors",
  }],
  version: 1,
  together: true,
  inputs: {
    images: { kind: "images", help: "images to train on" },
    heldout: {
      kind: "images",
      help: "images to validate on, which are not trained on",
      optional: true,
      aside: true,
    },
    perceptual: {
      kind: ["perceptual", "classifier"],
      help: "network whose features the perceptual term compares",
      optional: true,
    },
    init: {
      kind: ["svae", "model", "checkpoint"],
      help: "weights to start from, or a kept state to go on from",
      optional: true,
    },
  },
  outputs: { svae: { kind: "svae", help: "averaged weights and the log" } },
  options: z.object({
    ...PRESET_OPTIONS,
    ...TRAINING_OPTIONS,
    ...COMPUTE_OPTIONS,
    ...KEEPING_OPTIONS,
    ...VALIDATING_OPTIONS,
    ...VAE_OPTIONS,
  }),
  alone: (options) => aloneWithoutParts("train-vae", options),
  async settle(options, { sizesOf }) {
    const images = await sizesOf("images");
    const numbers = await settledTraining("train-vae", options, images);
    const { checkVaeNumbers } = await import("../lib/workflow/training/mod.ts");
    checkPreset(options.preset, () => checkVaeNumbers(numbers));
    return { model: numbers.vae, training: numbers.training };
  },
  async check({ options, inputs }) {
    const { checkVaeInputs } = await import("../lib/workflow/training/mod.ts");
    await checkVaeInputs(await presetNumbers("train-vae", options), inputs);
  },
  async estimate(given) {
    const { estimateVaeTraining } = await import(
      "../lib/workflow/training/mod.ts"
    );
    return await estimateVaeTraining(given);
  },
  async run({ inputs, outputs, options, ...context }) {
    const workflow = await import("../lib/workflow/training/mod.ts");
    const { imageBatches, openImages } = await import(
      "../lib/workflow/sets/mod.ts"
    );
    const { vae: config, training: numbers } = await trainingNumbers(
      "train-vae",
      options,
      { images: inputs.images.sizes.images! },
    );
    using pictures = await openImages(inputs.images, config.image_size);
    using heldout = inputs.heldout &&
      await openImages(inputs.heldout, config.image_size);
    const terms = await workflow.vaeTerms(numbers, {
      file: inputs.perceptual,
      imageSize: config.image_size,
    });
    return await workflow.trainStage({
      ...context,
      numbers,
      options,
      output: outputs.svae,
      config: { ...config },
      step: workflow.vaeStep(config, numbers, terms),
      validator: heldout &&
        workflow.imageValidator({
          config,
          batch: numbers.batch,
          images: heldout,
          perceptual: terms.perceptual,
          ...context,
        }),
      given: workflow.givenVaeStart(inputs.init, { config: { ...config } }),
      specs: workflow.vaePlayerSpecs(config, terms),
      batch: imageBatches(pictures, { ...numbers, seed: context.seed }),
    });
  },
});
