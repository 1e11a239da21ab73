import { z } from "zod";
import { defineStage } from "../lib/pipeline/mod.ts";
import { openForeignSet } from "./_foreign_set.ts";

/** Takes the features of images that figures of sets are made of. */
export const stage = defineStage({
  name: "extract-features",
  summary: "Take features of images by Inception or another network",
  examples: [{
    does: "what FID and the like are made of",
    args:
      "--images samples.safetensors --network inception-2015-12-05 -o features.safetensors",
  }, {
    does: "half of the images of a large set, beside another process",
    args:
      "--images train/ --size 256 --network inception.safetensors --rank 0 --world 2 -o features.safetensors",
  }],
  version: 1,
  shares: true,
  inputs: {
    images: {
      kind: ["images", "samples"],
      help: "images to look at, also as .npz or a folder of pictures",
      foreign: openForeignSet,
    },
    network: {
      kind: ["network", "classifier"],
      help: "network that looks at them",
    },
  },
  outputs: {
    features: { kind: "features", help: "features of every image" },
  },
  options: z.object({
    batch: z.int().min(1).max(1_024).default(16)
      .describe("images in one engine call"),
    size: z.int().min(1).max(4096).optional().describe(
      "height and width to which pictures are cut (default: their own, where they " +
        "are squares of one size, or what resized ones are for)",
    ),
  }),
  async check({ inputs: { images, network }, options }) {
    const { readNetwork } = await import("../lib/workflow/models/mod.ts");
    const { checkFitting } = await import("../lib/workflow/features/mod.ts");
    await checkFitting(await readNetwork(network), images, options.size);
  },
  async estimate({ inputs, options }) {
    const { estimateExtraction } = await import(
      "../lib/workflow/features/mod.ts"
    );
    return await estimateExtraction({ inputs, ...options });
  },
  async run({ inputs, outputs, options, ...context }) {
    const { readNetwork } = await import("../lib/workflow/models/mod.ts");
    const { extractFeatures, openPixels, provenance } = await import(
      "../lib/workflow/features/mod.ts"
    );
    const { size } = options;
    using images = await openPixels(inputs.images, { size, ...context });
    const missingBatches = await extractFeatures(
      await readNetwork(inputs.network),
      {
        ...context,
        images,
        batch: options.batch,
        output: outputs.features,
        config: await provenance(inputs, images.origin),
      },
    );
    return {
      images: images.count,
      ...missingBatches !== undefined && { missingBatches },
    };
  },
});
