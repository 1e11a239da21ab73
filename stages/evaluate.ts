import { z } from "zod";
import { defineStage } from "../lib/pipeline/mod.ts";
import { LOOK_BATCH, MEASURING_OPTIONS } from "../lib/workflow/options/mod.ts";
import { openForeignSet } from "./_foreign_set.ts";

/** What sets of images may be given as. */
const IMAGES = {
  kind: ["samples", "images", "features"],
  foreign: openForeignSet,
} as const;

/** Measures a set of images by another. */
export const stage = defineStage({
  name: "evaluate",
  summary: "Measure images by real ones: FID, precision, recall and others",
  examples: [{
    does: "ADM's five figures",
    args:
      "--samples samples.npz --reference imagenet256-reference --network inception-2015-12-05 -o metrics.safetensors",
  }, {
    does: "some figures of features that extract-features has taken",
    args:
      "--samples samples.safetensors --reference val.safetensors --metrics fid,kid --ci --json",
  }, {
    does: "a tokenizer: rFID, PSNR and SSIM",
    args:
      "--reconstructions copies.safetensors --reference val.safetensors --network inception.safetensors --json",
  }, {
    does: "folders of pictures, one as large as the other",
    args:
      "--samples pictures/ --reference val/ --network inception-2015-12-05 --json",
  }],
  version: 1,
  shares: true,
  inputs: {
    samples: {
      ...IMAGES,
      help: "generated images, also as .npz or a folder of pictures",
      optional: true,
    },
    reconstructions: {
      ...IMAGES,
      help:
        "images made again of those of the reference, of their names or in " +
        "their order",
      optional: true,
    },
    reference: {
      kind: [...IMAGES.kind, "statistics"],
      foreign: openForeignSet,
      help:
        "real images, also as .npz or a folder of pictures, their features, " +
        "or statistics of them",
    },
    network: {
      kind: ["network", "classifier"],
      help: "network that looks at images; features have been taken by one",
      optional: true,
    },
    perceptual: {
      kind: "perceptual",
      help: "VGG16 with LPIPS's layers, for LPIPS of reconstructions",
      optional: true,
    },
  },
  outputs: {
    metrics: {
      kind: "metrics",
      help: "figures, and those of pairs by image",
      optional: true,
    },
    statistics: {
      kind: "statistics",
      help: "means and covariances of the reference, to be given in its place",
      optional: true,
    },
  },
  options: z.object({ ...MEASURING_OPTIONS, batch: LOOK_BATCH }),
  async check(context) {
    const { checkEvaluation } = await import("../lib/workflow/measure/mod.ts");
    checkEvaluation(context);
  },
  async estimate({ options: { batch }, ...given }) {
    const { estimateEvaluation } = await import(
      "../lib/workflow/measure/mod.ts"
    );
    return await estimateEvaluation({ ...given, batch });
  },
  async run(context) {
    const { runEvaluate } = await import("../lib/workflow/measure/mod.ts");
    return await runEvaluate(context);
  },
});
