import { z } from "zod";
import {
  DATASET,
  DATASET_HELP,
  datasetFingerprint,
  openDataset,
  openingOf,
} from "../datasets/mod.ts";
import { defineStage } from "../lib/pipeline/mod.ts";
import { TINY_IMAGES } from "../lib/preset/mod.ts";

const OPTIONS = z.object({
  dataset: DATASET.default(TINY_IMAGES.dataset).describe(DATASET_HELP),
  labels: z.string().min(1).optional().meta({ path: "^(.+)$" }).describe(
    "what imagenet-val: shows: the development kit's list, synsets, or lines " +
      "of pictures and classes",
  ),
  size: z.int().min(1).max(2048).default(TINY_IMAGES.size)
    .describe("height and width of the images in pixels"),
  heldoutShare: z.number().min(0).lt(1).default(TINY_IMAGES.heldout)
    .describe("share of each class that is held out"),
  splitBy: z.enum(["content", "names"]).default("content").describe(
    "keep equal pictures in one split, or go by names alone",
  ),
  flip: z.string().min(1).optional().describe(
    "classes whose pictures may be mirrored: all, none or their names " +
      "(default: all, but for the emoji as fits them)",
  ),
  skipBroken: z.boolean().optional()
    .describe("leave out pictures that cannot be read"),
});

/** Decodes, crops and splits a dataset into two image artifacts. */
export const stage = defineStage({
  name: "prepare",
  summary: "Decode, crop and split a dataset into training and held-out images",
  examples: [{
    does: "the emoji of the tiny preset, at 32 pixels",
    args: "-o train.safetensors --heldout heldout.safetensors",
  }, {
    does: "your own pictures, one folder for each class",
    args:
      "--dataset folder:pictures --size 64 -o train.safetensors --heldout heldout.safetensors",
  }, {
    does: "letters, which no mirror shows right, without the broken files",
    args:
      "--dataset folder:letters --flip none --skip-broken -o train.safetensors --heldout heldout.safetensors",
  }, {
    does: "ImageNet's validation pictures at 64 pixels, as they are downloaded",
    args:
      "--dataset imagenet-val:ILSVRC2012_img_val.tar --labels val.txt --size 64 -o train.safetensors --heldout heldout.safetensors",
  }],
  version: 1,
  inputs: {},
  outputs: {
    train: { kind: "images", help: "images to train on" },
    heldout: { kind: "images", help: "images that training never sees" },
  },
  options: OPTIONS,
  fingerprint: ({ dataset, labels }) => datasetFingerprint(dataset, { labels }),
  async check({ options }) {
    // A dry run fetches no package and indexes no archive.
    if (openingOf(options.dataset) === "lists") await opened(options);
  },
  async run({ options, outputs, ...tools }) {
    const { prepareSplits } = await import("../lib/workflow/prepare/mod.ts");
    const { dataset: name, size } = options;
    const dataset = await opened(options);
    return await prepareSplits(dataset, { name, size, outputs, ...tools });
  },
});

/** The dataset that options choose, with the flips that they say. */
async function opened(
  { dataset, heldoutShare, flip, ...how }: z.infer<typeof OPTIONS>,
) {
  const { withFlips } = await import("../lib/workflow/prepare/mod.ts");
  const found = await openDataset(dataset, { heldout: heldoutShare, ...how });
  return withFlips(found, flip);
}
