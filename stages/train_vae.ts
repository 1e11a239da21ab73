import { z } from "zod";
import { UserError } from "../lib/artifact/mod.ts";
import { defineStage } from "../lib/pipeline/mod.ts";
import { VAE_TRAINING, type VaeTraining } from "../lib/preset/mod.ts";
import {
  checkPreset,
  COMPUTE_OPTIONS,
  KEEPING_OPTIONS,
  PRESET_OPTIONS,
  presetNumbers,
  TRAINING_OPTIONS,
  VALIDATING_OPTIONS,
  VIEW_OPTIONS,
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
  }],
  version: 1,
  inputs: {
    images: { kind: "images", help: "images to train on" },
    heldout: {
      kind: "images",
      help: "images to validate on, which are not trained on",
      optional: true,
      aside: true,
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
    ...VIEW_OPTIONS,
    ...COMPUTE_OPTIONS,
    ...KEEPING_OPTIONS,
    ...VALIDATING_OPTIONS,
    klWeight: VAE_TRAINING.shape.klWeight.optional().describe(
      "weight of the mean KL divergence to uniform (default: the preset's)",
    ),
  }),
  async settle(options) {
    const { vae, training } = await presetNumbers("train-vae", options);
    const { checkVaeConfig } = await import("../lib/model/mod.ts");
    checkPreset(options.preset, () => checkVaeConfig(vae));
    refuseAbsentTerms(training);
    return { model: vae, training };
  },
  async run({ inputs, outputs, options, ...context }) {
    const { givenVaeStart, imageValidator, trainStage } = await import(
      "../lib/workflow/training/mod.ts"
    );
    const { imageBatches, readImages } = await import(
      "../lib/workflow/sets/mod.ts"
    );
    const model = await import("../lib/model/mod.ts");
    const training = await import("../lib/train/mod.ts");
    const { vae: config, training: numbers } = await presetNumbers(
      "train-vae",
      options,
    );
    const pictures = await readImages(inputs.images, config.image_size);
    const heldout = inputs.heldout &&
      await readImages(inputs.heldout, config.image_size);
    const { batch, klWeight, shift, flip } = numbers;
    const saved = { ...config };
    return await trainStage({
      ...context,
      numbers,
      options,
      output: outputs.svae,
      config: saved,
      step: (rows) =>
        training.vaeTrainingStep({
          config,
          batch: rows,
          klWeight,
          update: training.updateRule(numbers),
        }),
      validator: heldout &&
        imageValidator({ config, batch, pictures: heldout, ...context }),
      given: givenVaeStart(inputs.init, { config: saved }),
      specs: { generator: model.vaeSpecs(config) },
      batch: imageBatches(pictures, { batch, shift, flip, seed: context.seed }),
    });
  },
});

/** @throws {UserError} for terms that presets can have and this loss has not */
function refuseAbsentTerms(training: VaeTraining): void {
  for (const name of ["perceptual", "adversarial"] as const) {
    const weight = training[name]?.weight ?? 0;
    if (weight === 0) continue;
    throw new UserError(
      `Cannot train with vaeTraining.${name}.weight ${weight}: the loss has ` +
        `no such term yet, expected 0`,
    );
  }
}
