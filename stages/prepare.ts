import { z } from "zod";
import {
  DATASET,
  DATASET_HELP,
  datasetFingerprint,
  STORES,
} from "../datasets/mod.ts";
import { defineStage } from "../lib/pipeline/mod.ts";
import { TINY_IMAGES } from "../lib/preset/mod.ts";

const OPTIONS = z.object({
  dataset: DATASET.default(TINY_IMAGES.dataset).describe(DATASET_HELP),
  labels: z.string().min(1).optional().meta({ path: "^(.+)$" }).describe(
    "what imagenet-val: shows: the development kit's list, synsets, or lines " +
      "of pictures and classes",
  ),
  store: z.enum(STORES).optional().describe(
    "pixels: decoded and cropped; original: files as they are; resized: files " +
      "scaled once to what crops need; index: where they lie, nothing is " +
      "copied (default: index for archives and tables, else pixels)",
  ),
  size: z.int().min(1).max(2048).default(TINY_IMAGES.size).describe(
    "height and width in pixels of the images, or of the crops that resized " +
      "ones are for",
  ),
  minFraction: z.number().gt(0).max(1).default(0.8).describe(
    "smallest share of the smaller side that crops of resized images show",
  ),
  format: z.enum(["jpeg", "webp"]).default("jpeg").describe(
    "what resized images are stored as: JPEG, or WebP without loss",
  ),
  quality: z.int().min(1).max(100).default(95)
    .describe(
      "quality of resized JPEG files, whose colours are not subsampled",
    ),
  shard: z.number().gt(0).max(1024).default(256).describe(
    "megabytes of a shard of original or resized images, about: what is held " +
      "in memory, and what a kill can cost",
  ),
  heldoutShare: z.number().min(0).lt(1).optional().describe(
    "share of each class that is held out (default: " +
      `${TINY_IMAGES.heldout} where --heldout is asked for, else 0)`,
  ),
  splitBy: z.enum(["content", "names"]).optional().describe(
    "keep equal pictures in one split, or go by names alone (default: content " +
      "for pixels, else names)",
  ),
  flip: z.string().min(1).optional().describe(
    "classes whose pictures may be mirrored: all, none or their names " +
      "(default: all, but for the emoji as fits them)",
  ),
  skipBroken: z.boolean().optional().describe(
    "leave out pictures that cannot be decoded, which decodes all of them once",
  ),
});

/** Makes image artifacts of a dataset: decoded, copied or indexed, and split. */
export const stage = defineStage({
  name: "prepare",
  summary: "Decode, copy or index a dataset, and hold out a share of it",
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
    does: "ImageNet as it is downloaded, indexed where it lies",
    args: "--dataset imagenet:ILSVRC2012_img_train.tar -o train/",
  }, {
    does: "its validation pictures, scaled once to what crops of 256 need",
    args:
      "--dataset imagenet-val:ILSVRC2012_img_val.tar --labels val.txt --store resized --size 256 -o val/",
  }],
  version: 1,
  inputs: {},
  outputs: {
    train: { kind: "images", help: "images to train on" },
    heldout: {
      kind: "images",
      help: "images that training never sees",
      optional: true,
    },
  },
  options: OPTIONS,
  async settle(options, { writes }) {
    const { recorded, settled } = await import(
      "../lib/workflow/prepare/mod.ts"
    );
    return recorded(settled(options, { heldout: writes("heldout") }));
  },
  fingerprint: ({ dataset, labels }) => datasetFingerprint(dataset, { labels }),
  async check({ options }) {
    const { checkDataset, settled } = await import(
      "../lib/workflow/prepare/mod.ts"
    );
    await checkDataset(settled(options, { heldout: false }));
  },
  async estimate({ options, writes }) {
    const { estimatePrepare, settled } = await import(
      "../lib/workflow/prepare/mod.ts"
    );
    const how = settled(options, { heldout: writes("heldout") });
    return await estimatePrepare(how);
  },
  async run({ options, outputs, ...tools }) {
    const { prepareDataset, settled } = await import(
      "../lib/workflow/prepare/mod.ts"
    );
    const heldout = outputs.heldout !== undefined;
    const how = settled(options, { heldout });
    return await prepareDataset(how, { outputs, ...tools });
  },
});
