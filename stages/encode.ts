import { z } from "zod";
import { defineStage } from "../lib/pipeline/mod.ts";

/** Encodes images as they are, with one draw of each posterior. */
export const stage = defineStage({
  name: "encode",
  summary: "Encode images to latents: a distribution for each, and one draw",
  examples: [{
    does: "posteriors of pictures, and one draw of each",
    args:
      "--svae svae.safetensors --images heldout.safetensors -o latents.safetensors",
  }],
  version: 1,
  inputs: {
    svae: { kind: ["svae", "model"], help: "trained S-VAE" },
    images: { kind: "images", help: "images to encode" },
  },
  outputs: {
    latents: { kind: "latents", help: "posterior and a sample of each image" },
  },
  options: z.object({
    batch: z.int().min(1).max(65_536).default(32)
      .describe("images in one engine call"),
  }),
  async check({ inputs }) {
    const { checkImagesOfVae } = await import("../lib/workflow/sets/mod.ts");
    checkImagesOfVae(inputs);
  },
  async run({ inputs, outputs, options, ...context }) {
    const { openImages } = await import("../lib/workflow/sets/mod.ts");
    const { readVae } = await import("../lib/workflow/models/mod.ts");
    const { asOneView, encodeImages } = await import(
      "../lib/workflow/codec/mod.ts"
    );
    const { hostTensor } = await import("../lib/tensor/mod.ts");
    const vae = await readVae(inputs.svae);
    using images = await openImages(inputs.images, vae.config.image_size);
    const { count, labels, classes, flips } = images;
    const { posterior, sample, law } = await encodeImages(vae, {
      images,
      batch: options.batch,
      ...context,
      engine: await context.engine(),
    });
    const tensors = Object.entries({ ...posterior, sample })
      .map(([name, tensor]) => [name, asOneView(tensor)] as const);
    await outputs.latents.write({
      tensors: {
        ...Object.fromEntries(tensors),
        labels: hostTensor("i32", [count], labels),
      },
      config: { classes, flips, mirrored: [false], svae: vae.config, ...law },
    });
    return { images: count };
  },
});
