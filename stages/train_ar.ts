import { z } from "zod";
import { defineStage } from "../lib/pipeline/mod.ts";
import {
  aloneWithoutParts,
  AR_OPTIONS,
  checkPreset,
  COMPUTE_OPTIONS,
  KEEPING_OPTIONS,
  PRESET_OPTIONS,
  settledTraining,
  TRAINING_OPTIONS,
  trainingNumbers,
  VALIDATING_OPTIONS,
} from "../lib/workflow/options/mod.ts";

/** Trains the AR transformer and its diffusion head on latents (Section 3.2). */
export const stage = defineStage({
  name: "train-ar",
  summary: "Train the AR transformer and its diffusion head on latents",
  examples: [{
    does: "train the tiny AR model on what cache wrote",
    args: "--latents latents.safetensors -o ar.safetensors",
  }, {
    does: "a larger batch in less memory: eight parts in turn",
    args:
      "--latents latents.safetensors --batch 256 --accumulate 8 -o ar.safetensors",
  }, {
    does: "images that are encoded as training goes on, cut anew each time",
    args: "--images train/ --svae svae.safetensors -o ar.safetensors",
  }],
  version: 1,
  together: true,
  inputs: {
    latents: { kind: "latents", help: "cached posteriors", unless: "images" },
    images: {
      kind: "images",
      help: "images to encode as training goes on, by --svae",
      optional: true,
    },
    svae: {
      kind: ["svae", "model"],
      help: "trained S-VAE that encodes --images",
      optional: true,
    },
    heldout: {
      kind: "latents",
      help: "latents to validate on, which are not trained on",
      optional: true,
      aside: true,
    },
    init: {
      kind: ["ar", "model", "checkpoint"],
      help: "weights to start from, or a kept state to go on from",
      optional: true,
    },
  },
  outputs: { ar: { kind: "ar", help: "averaged weights and the log" } },
  options: z.object({
    ...PRESET_OPTIONS,
    ...TRAINING_OPTIONS,
    ...COMPUTE_OPTIONS,
    ...KEEPING_OPTIONS,
    ...VALIDATING_OPTIONS,
    ...AR_OPTIONS,
  }),
  alone: (options) => aloneWithoutParts("train-ar", options),
  async settle(options, { sizesOf }) {
    const sizes = await sizesOf("latents") ?? await sizesOf("images");
    const { ar, training } = await settledTraining("train-ar", options, sizes);
    return { model: ar, training };
  },
  async check({ inputs }) {
    const { checkArInputs } = await import("../lib/workflow/codec/mod.ts");
    checkArInputs(inputs);
  },
  async estimate(given) {
    const { estimateArTraining } = await import(
      "../lib/workflow/training/mod.ts"
    );
    return await estimateArTraining(given);
  },
  async run({ inputs, outputs, options, ...context }) {
    const workflow = await import("../lib/workflow/training/mod.ts");
    const { openArSource } = await import("../lib/workflow/codec/mod.ts");
    const { openLatents } = await import("../lib/workflow/sets/mod.ts");
    const model = await import("../lib/model/mod.ts");
    const source = await openArSource(inputs);
    const { ar, training: numbers } = await trainingNumbers(
      "train-ar",
      options,
      source,
    );
    using latents = await source.start(numbers, context);
    const config = workflow.arConfigFor(ar, latents);
    checkPreset(options.preset, () => model.checkArConfig(config));
    const saved = { ...config, classes: latents.classes };
    const heldout = inputs.heldout && await openLatents(inputs.heldout);
    return await workflow.trainStage({
      ...context,
      numbers,
      options,
      output: outputs.ar,
      config: saved,
      step: workflow.arStep(config, numbers),
      validator: heldout && workflow.latentValidator({
        latents: heldout,
        trained: latents,
        batch: numbers.batch,
        step: workflow.arStep(config, { ...numbers, classDropout: 0 }),
        ...context,
      }),
      given: workflow.givenStart(inputs.init, {
        config: saved,
        ofClasses: ["cls_embedding.weight"],
      }),
      specs: { ar: model.arSpecs(config) },
      batch: latents.batch,
    });
  },
});
