import { z } from "zod";
import { defineStage } from "../lib/pipeline/mod.ts";

/** Encodes images, draws from their posteriors and decodes the draws. */
export const stage = defineStage({
  name: "reconstruct",
  summary: "Encode images and decode them again: what the S-VAE keeps",
  examples: [{
    does: "what the S-VAE keeps of held-out pictures",
    args:
      "--svae svae.safetensors --images heldout.safetensors -o copies.safetensors",
  }],
  version: 1,
  inputs: {
    svae: { kind: ["svae", "model"], help: "trained S-VAE" },
    images: { kind: "images", help: "images to reconstruct" },
  },
  outputs: {
    reconstructions: { kind: "samples", help: "one image for each, in order" },
  },
  options: z.object({
    batch: z.int().min(1).max(65_536).default(32)
      .describe("images in one engine call"),
  }),
  async check({ inputs }) {
    const { checkImagesOfVae } = await import("../lib/workflow/sets/mod.ts");
    checkImagesOfVae(inputs);
  },
  async estimate({ inputs, options: { batch } }) {
    const { estimateReconstructions } = await import(
      "../lib/workflow/codec/mod.ts"
    );
    return await estimateReconstructions({ inputs, batch });
  },
  async run({ inputs, outputs, options, ...context }) {
    const { openImages } = await import("../lib/workflow/sets/mod.ts");
    const { readVae } = await import("../lib/workflow/models/mod.ts");
    const { decodeTokens, encodeImages } = await import(
      "../lib/workflow/codec/mod.ts"
    );
    const { hostTensor } = await import("../lib/tensor/mod.ts");
    const vae = await readVae(inputs.svae);
    using images = await openImages(inputs.images, vae.config.image_size);
    const { batch } = options;
    const tools = { ...context, batch, engine: await context.engine() };
    const { sample, law } = await encodeImages(vae, { ...tools, images });
    await outputs.reconstructions.write({
      tensors: {
        images: await decodeTokens(vae, { ...tools, tokens: sample }),
        labels: hostTensor("i32", [images.count], images.labels),
        tokens: sample,
      },
      config: {
        classes: images.classes,
        size: images.size,
        ...law,
      },
    });
    return { images: images.count };
  },
});
