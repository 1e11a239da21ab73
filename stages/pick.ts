import { z } from "zod";
import { defineStage } from "../lib/pipeline/mod.ts";

/** Decodes some images of a set, as many of each class, for what compares sets. */
export const stage = defineStage({
  name: "pick",
  summary: "Decode some images of a set, of every class as many",
  examples: [{
    does: "a thousand pictures of an index, as evaluate and report read them",
    args: "--images val/ --count 1000 --size 256 -o heldout.safetensors",
  }],
  version: 1,
  inputs: { images: { kind: "images", help: "the set, in any form" } },
  outputs: { images: { kind: "images", help: "some of it, with pixels" } },
  options: z.object({
    count: z.int().min(1).max(10_000_000).default(1000)
      .describe("images, of every class as many; all where there are fewer"),
    size: z.int().min(1).max(4096).optional().describe(
      "height and width to which encoded images are cut (default: what resized " +
        "ones are for)",
    ),
  }),
  async check({ inputs: { images }, options: { size } }) {
    const { checkImages } = await import("../lib/workflow/sets/mod.ts");
    checkImages(images, size);
  },
  async estimate({ inputs: { images }, options }) {
    const { estimatePick } = await import("../lib/workflow/prepare/mod.ts");
    return await Promise.resolve(estimatePick(images, options));
  },
  async run({ inputs, outputs, options: { count, size }, ...context }) {
    const { openImages } = await import("../lib/workflow/sets/mod.ts");
    const { pickImages } = await import("../lib/workflow/prepare/mod.ts");
    using images = await openImages(inputs.images, size);
    const output = outputs.images;
    const picked = await pickImages(inputs.images, images, {
      ...context,
      count,
      output,
    });
    return { images: picked, of: images.count };
  },
});
