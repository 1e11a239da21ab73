import { z } from "zod";
import { defineStage } from "../lib/pipeline/mod.ts";

/** Decodes latents into images. */
export const stage = defineStage({
  name: "decode",
  summary: "Decode latents, as encode or sample leave them, into images",
  examples: [{
    does: "pictures of what encode wrote",
    args:
      "--svae svae.safetensors --latents latents.safetensors -o decoded.safetensors",
  }],
  version: 1,
  inputs: {
    svae: { kind: ["svae", "model"], help: "trained S-VAE" },
    latents: {
      kind: ["latents", "tokens", "samples"],
      help: "latents to decode: samples of posteriors, or tokens",
    },
  },
  outputs: {
    samples: { kind: "samples", help: "images, classes and tokens" },
  },
  options: z.object({
    batch: z.int().min(1).max(65_536).default(32)
      .describe("images in one engine call"),
    mean: z.boolean().default(false).describe(
      "decode the means of posteriors, of each image's first view",
    ),
  }),
  async run({ inputs, outputs, options, ...context }) {
    const { readTokens } = await import("../lib/workflow/sets/mod.ts");
    const { readVae } = await import("../lib/workflow/models/mod.ts");
    const { decodeTokens } = await import("../lib/workflow/codec/mod.ts");
    const { scaledBy } = await import("../lib/sample/mod.ts");
    const vae = await readVae(inputs.svae);
    const { batch, mean } = options;
    const { tokens, law, labels, classes } = await readTokens(inputs.latents, {
      config: vae.config,
      mean,
    });
    const images = await decodeTokens(scaledBy(vae, law), {
      ...context,
      tokens,
      batch,
      engine: await context.engine(),
    });
    await outputs.samples.write({
      tensors: { images, labels, tokens },
      config: { classes, size: vae.config.image_size, ...law },
    });
    return { images: tokens.shape[0]! };
  },
});
