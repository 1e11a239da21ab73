import { z } from "zod";
import { defineStage } from "../lib/pipeline/mod.ts";
import type { HostTensor } from "../lib/tensor/mod.ts";
import {
  aloneWithoutParts,
  COMPUTE_OPTIONS,
  KEEPING_OPTIONS,
  PRESET_OPTIONS,
  settledTraining,
  TRAINING_OPTIONS,
  trainingNumbers,
  VIEW_OPTIONS,
} from "../lib/workflow/options/mod.ts";

/** Trains the small classifier whose features serve the metrics. */
export const stage = defineStage({
  name: "train-classifier",
  summary: "Train the small image classifier whose features serve evaluate-run",
  examples: [{
    does: "the classifier whose features evaluate-run compares",
    args: "--images train.safetensors -o classifier.safetensors",
  }],
  version: 1,
  together: true,
  inputs: {
    images: { kind: "images", help: "images to train on" },
    init: {
      kind: ["classifier", "checkpoint"],
      help: "weights to start from, or a kept state to go on from",
      optional: true,
    },
  },
  outputs: {
    classifier: { kind: "classifier", help: "averaged weights and the log" },
  },
  options: z.object({
    ...PRESET_OPTIONS,
    ...TRAINING_OPTIONS,
    ...VIEW_OPTIONS,
    ...COMPUTE_OPTIONS,
    ...KEEPING_OPTIONS,
    size: z.int().min(1).max(4096).optional().describe(
      "height and width to which encoded images are cut (default: what resized " +
        "ones are for)",
    ),
  }),
  alone: (options) => aloneWithoutParts("train-classifier", options),
  async settle(options, { sizesOf }) {
    const images = await sizesOf("images");
    const { size } = options;
    return {
      ...await settledTraining("train-classifier", options, images),
      ...size !== undefined && { size },
    };
  },
  async estimate(given) {
    const { estimateClassifierTraining } = await import(
      "../lib/workflow/training/mod.ts"
    );
    return await estimateClassifierTraining(given);
  },
  async run({ inputs, outputs, options, ...context }) {
    const { classifierStep, givenStart, trainStage } = await import(
      "../lib/workflow/training/mod.ts"
    );
    const { imageViews, openImages } = await import(
      "../lib/workflow/sets/mod.ts"
    );
    const model = await import("../lib/model/mod.ts");
    const training = await import("../lib/train/mod.ts");
    using pictures = await openImages(inputs.images, options.size);
    const { training: numbers } = await trainingNumbers(
      "train-classifier",
      options,
      { images: pictures.count },
    );
    const { labels, flips, classes } = pictures;
    const { flip = true, channels, features } = numbers;
    const viewsOf = imageViews(pictures, {
      ...numbers,
      seed: context.seed,
      // A mirrored clock, flag or sign would be another picture.
      mayFlip: (k) => flip && flips[labels[k]!]!,
    });
    const config = {
      image_size: pictures.size,
      channels,
      features,
      num_classes: classes.length,
    };
    const saved = { ...config, classes };
    return await trainStage({
      ...context,
      numbers,
      options,
      output: outputs.classifier,
      config: saved,
      step: classifierStep(config, numbers),
      given: givenStart(inputs.init, {
        config: saved,
        ofClasses: ["classes.weight", "classes.bias"],
      }),
      specs: { classifier: model.classifierSpecs(config) },
      batch: async (step, { rows, used }) => {
        const views = viewsOf(step, rows);
        const chosen = views.map(({ picture }) => labels[picture]!);
        return {
          images: await pictures.render(
            views,
            used?.["images"] as HostTensor<"f32"> | undefined,
          ),
          targets: training.oneHot(chosen, classes.length),
        };
      },
    });
  },
});
