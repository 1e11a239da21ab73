import { z } from "zod";
import { defineStage } from "../../lib/pipeline/mod.ts";

/** Measures how bright images are. */
export const stage = defineStage({
  name: "brightness",
  summary: "Measure how bright images are",
  examples: [{
    does: "mean brightness, and the share of images above 200",
    args: "--images a.safetensors --threshold 200 -o bright.safetensors",
  }],
  version: 1,
  inputs: { images: { kind: "images", help: "what is measured" } },
  outputs: { metrics: { kind: "metrics", help: "the figures" } },
  options: z.object({
    threshold: z.number().min(0).max(255).default(128)
      .describe("mean byte from which an image counts as bright"),
  }),
  async run({ options, inputs, outputs }) {
    // Heavy code is imported here, so that --help stays fast.
    const { hostTensor } = await import("../../lib/tensor/mod.ts");
    const { shape, data } = await inputs.images.read("images");
    const means = new Float32Array(shape[0]!);
    const size = data.length / means.length;
    data.forEach((byte, i) => means[Math.floor(i / size)]! += byte / size);
    const bright = means.filter((mean) => mean >= options.threshold).length;
    await outputs.metrics.write({
      tensors: { brightness: hostTensor("f32", [means.length], means) },
      config: { bright },
    });
    return { images: means.length, bright };
  },
});
