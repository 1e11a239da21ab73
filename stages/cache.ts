import { z } from "zod";
import { defineStage } from "../lib/pipeline/mod.ts";
import { LATENT_DTYPES, LATENT_VIEWS } from "../lib/preset/mod.ts";
import {
  PRESET_OPTIONS,
  presetNumbers,
  VIEW_OPTIONS,
} from "../lib/workflow/options/mod.ts";

/** Encodes views of every image to posteriors that the AR training draws from. */
export const stage = defineStage({
  name: "cache",
  summary: "Encode all training images once, as train-ar reads them",
  examples: [{
    does: "latents of all training pictures, for train-ar",
    args:
      "--svae svae.safetensors --images train.safetensors -o latents.safetensors",
  }, {
    does: "in a folder of shards, with ten crops of each picture, in 16 bits",
    args: "--svae svae.safetensors --images train/ --crops 10 " +
      "--augmentation random-crop --min-fraction 0.8 --dtype f16 -o latents/",
  }],
  version: 1,
  shares: true,
  inputs: {
    svae: { kind: ["svae", "model"], help: "trained S-VAE" },
    images: { kind: "images", help: "images to encode" },
  },
  outputs: {
    latents: { kind: "latents", help: "posterior of every view" },
  },
  options: z.object({
    ...PRESET_OPTIONS,
    ...VIEW_OPTIONS,
    crops: LATENT_VIEWS.shape.crops.describe(
      "crops drawn for each image beside the image as it is (default: the " +
        "preset's)",
    ),
    dtype: z.enum(LATENT_DTYPES).optional().describe(
      "what vectors of posteriors are stored in (default: the preset's)",
    ),
    batch: z.int().min(1).max(65_536).default(32)
      .describe("images in one engine call"),
  }),
  async settle(options) {
    const { latents } = await presetNumbers("cache", options);
    return { ...latents, batch: options.batch };
  },
  async check({ inputs }) {
    const { checkImagesOfVae } = await import("../lib/workflow/sets/mod.ts");
    checkImagesOfVae(inputs);
  },
  async estimate({ inputs, options }) {
    const { estimateCache } = await import("../lib/workflow/codec/mod.ts");
    const { latents } = await presetNumbers("cache", options);
    return await estimateCache({ inputs, batch: options.batch }, latents);
  },
  async run({ inputs, outputs, options, ...context }) {
    const { openImages } = await import("../lib/workflow/sets/mod.ts");
    const { readVae } = await import("../lib/workflow/models/mod.ts");
    const { cachedViews, cacheLatents } = await import(
      "../lib/workflow/codec/mod.ts"
    );
    const vae = await readVae(inputs.svae);
    using images = await openImages(inputs.images, vae.config.image_size);
    const { latents } = await presetNumbers("cache", options);
    const views = cachedViews(latents, {
      size: images.size,
      seed: context.seed,
    });
    const missingBatches = await cacheLatents(vae, {
      ...context,
      images,
      views,
      dtype: latents.dtype,
      batch: options.batch,
      engine: await context.engine(),
      output: outputs.latents,
    });
    return {
      images: images.count,
      views: views.count,
      ...missingBatches !== undefined && { missingBatches },
    };
  },
});
