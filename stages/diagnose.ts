import { z } from "zod";
import { defineStage } from "../lib/pipeline/mod.ts";
import { PRESET_OPTIONS, presetNumbers } from "../lib/workflow/options/mod.ts";

/** Measures posteriors, and tokens along AR decoding (Section 3.1, Appendices A and B). */
export const stage = defineStage({
  name: "diagnose",
  summary: "Measure how latents are spread and what decoding does to them",
  examples: [{
    does: "length and variance of tokens without guidance and with much of it",
    args:
      "--latents latents.safetensors --ar ar.safetensors --scales 1,6 -o diagnostics.safetensors",
  }],
  version: 1,
  inputs: {
    latents: { kind: "latents", help: "cached posteriors" },
    ar: { kind: ["ar", "model"], help: "AR model that was trained on them" },
  },
  outputs: {
    diagnostics: { kind: "diagnostics", help: "figures by position and bin" },
  },
  options: z.object({
    ...PRESET_OPTIONS,
    scales: z.array(z.number().min(1).max(1000)).min(1).max(20)
      .default([1, 3, 6]).describe("scales of guidance to compare"),
    images: z.int().min(2).max(10_000_000).optional().describe(
      "images whose posteriors are measured, spread over the set (default: all)",
    ),
    count: z.int().min(2).max(10_000).default(64)
      .describe("images that are decoded for each scale"),
    batch: z.int().min(1).max(65_536).default(32)
      .describe("images in one engine call on cached posteriors"),
  }),
  async settle({ scales, images, count, batch, ...options }) {
    const { sampling } = await presetNumbers("diagnose", options);
    const some = images === undefined ? {} : { images };
    return { sampling, scales, count, batch, ...some };
  },
  async run({ inputs, outputs, options, ...context }) {
    const { diagnose } = await import("../lib/workflow/diagnose/mod.ts");
    const { sampling } = await presetNumbers("diagnose", options);
    const { scales, images, count, batch } = options;
    const found = await diagnose({
      ...context,
      ...inputs,
      sampling,
      scales,
      images,
      count,
      batch,
    });
    await outputs.diagnostics.write(found);
    return { figures: Object.keys(found.tensors).length };
  },
});
