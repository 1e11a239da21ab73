import { z } from "zod";
import { defineStage } from "../lib/pipeline/mod.ts";

/** Either serves: generated images carry their tokens too. */
const IMAGES = ["images", "samples"] as const;

/** Measures the images of a run, whatever the number of its samples. */
export const stage = defineStage({
  name: "evaluate-run",
  summary: "Measure a run's images beside those that it was trained on",
  examples: [{
    does: "all figures of a run",
    args:
      "--samples samples.safetensors --classifier classifier.safetensors --train train.safetensors --heldout heldout.safetensors --reconstructions copies.safetensors --untrained untrained.safetensors -o metrics.safetensors",
  }],
  version: 2,
  inputs: {
    samples: { kind: IMAGES, help: "samples of the trained model" },
    classifier: { kind: "classifier", help: "classifier for the features" },
    train: { kind: "images", help: "images that were trained on" },
    heldout: { kind: "images", help: "images that training never saw" },
    reconstructions: {
      kind: IMAGES,
      help: "reconstructions of the held-out images, in their order",
    },
    untrained: {
      kind: IMAGES,
      help: "samples of the untrained model: the ceiling",
    },
    trainReconstructions: {
      kind: IMAGES,
      help: "reconstructions of training images: how near a copy comes",
      optional: true,
    },
  },
  outputs: {
    metrics: {
      kind: "metrics",
      help: "all figures, and distances by image",
      optional: true,
    },
  },
  options: z.object({
    neighbours: z.int().min(1).max(100).default(3)
      .describe("neighbours of precision and recall"),
  }),
  async run({ inputs, outputs, options, seed, log, ...context }) {
    const { FeatureExtractor } = await import("../lib/metric/mod.ts");
    const { readClassifier } = await import("../lib/workflow/models/mod.ts");
    const {
      compareSets,
      measureNearest,
      metricsContent,
      readSet,
      scoreReconstructions,
      someOf,
    } = await import("../lib/workflow/evaluate/mod.ts");
    const model = await readClassifier(inputs.classifier);
    const { image_size: size, num_classes: classes } = model.config;
    const read = (reader: Parameters<typeof readSet>[0]) =>
      readSet(reader, { size, classes, seed, log });
    const train = await read(inputs.train);
    const sets = {
      heldout: await read(inputs.heldout),
      reconstructions: await read(inputs.reconstructions),
      samples: await read(inputs.samples),
      untrained: await read(inputs.untrained),
    };
    const copies = inputs.trainReconstructions;
    const engine = await context.engine();
    const extractor = await FeatureExtractor.create(engine, model, {
      height: size,
      width: size,
    });
    const { neighbours } = options;
    const comparison = { engine, extractor, train, neighbours, seed, log };
    const score = (images: typeof train, originals: typeof train) =>
      scoreReconstructions(images, originals, context);
    const reconstructed = {
      heldout: await score(sets.reconstructions, sets.heldout),
      ...(copies && { train: await score(await read(copies), train) }),
    };
    const compared = await compareSets(sets, comparison);
    extractor.dispose();
    const { n } = compared.samples!;
    const distances = await measureNearest({
      samples: sets.samples,
      heldout: sets.heldout,
      reconstructions: sets.reconstructions,
      ...(copies && {
        train_reconstructions: someOf(await read(copies), { n, seed }),
      }),
    }, { train, ...context });
    const content = metricsContent({
      classes: inputs.classifier.config.classes,
      neighbours,
      compared,
      reconstructed,
      distances,
    });
    await outputs.metrics?.write(content);
    return content.config;
  },
});
