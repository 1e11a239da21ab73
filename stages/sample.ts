import { z } from "zod";
import { defineStage } from "../lib/pipeline/mod.ts";
import { settledNumbers } from "./sample/numbers.ts";
import { BATCH } from "./sample/batch.ts";
import { STEP_SCHEDULE } from "./sample/step_schedule.ts";
import { PRESET_NAMES } from "./shared/training_options.ts";
import { WEIGHTS_DTYPES } from "./shared/weights_dtype.ts";

/** Samples images from an AR model and decodes them (Section 3.3). */
export const stage = defineStage({
  name: "sample",
  summary: "Sample images: tokens by the AR model and its head, then decode",
  examples: [{
    does: "forty pictures, as an artifact and in one grid",
    args:
      "--ar ar.safetensors --svae svae.safetensors --count 40 -o samples.safetensors --grid samples.png",
  }, {
    does: "two classes of an imported model of the release",
    args: "--model b.safetensors --classes 207,360 --count 2 --grid two.png",
  }],
  version: 1,
  shares: true,
  inputs: {
    model: {
      kind: "model",
      help: "AR model and S-VAE in one file, as import writes it",
      optional: true,
    },
    ar: { kind: "ar", help: "trained AR model", unless: "model" },
    svae: {
      kind: "svae",
      help: "trained S-VAE, for its decoder",
      unless: "model",
    },
    like: {
      kind: "images",
      help: "draw as many images of each class as these have, in their order",
      optional: true,
    },
  },
  outputs: {
    samples: {
      kind: "samples",
      help: "images, classes and tokens",
      unless: ["npz", "png", "grid", "trace"],
    },
    npz: {
      kind: "file",
      extension: "npz",
      help: "all images as ADM's evaluator takes them",
      optional: true,
    },
    png: { kind: "folder", help: "one picture each", optional: true },
    grid: {
      kind: "file",
      extension: "png",
      help: "the first 100 images in one picture",
      optional: true,
    },
    trace: {
      kind: "tokens",
      help: "tokens, and the images that they decode to before rounding",
      optional: true,
    },
  },
  options: z.object({
    classes: z.string().regex(/^(\d+(,\d+)*|uniform|balanced)$/, {
      error: "expected uniform, balanced or class numbers, such as 0,3,5",
    }).optional().describe(
      "class numbers in turn, balanced (each as often) or uniform (drawn by " +
        "chance) (default: balanced)",
    ),
    count: z.int().min(1).max(10_000_000).optional()
      .describe("images (default: the preset's number per class)"),
    batch: BATCH.default("auto").describe(
      "images in one engine call, or auto: by the model's sizes; images depend " +
        "on it in their last digits",
    ),
    preset: z.enum(PRESET_NAMES).optional().describe(
      "how to sample (default: as the released model of these sizes, else tiny)",
    ),
    steps: STEP_SCHEDULE.optional().describe(
      "solver steps per token; 50:5 takes 50 at the first token, fewer and " +
        "fewer after it, 5 at the last (default: the preset's)",
    ),
    solver: z.enum(["euler", "euler-maruyama"]).optional()
      .describe("solver of the head's flow (default: the preset's)"),
    cfg: z.number().min(1).max(1000).optional().describe(
      "scale of classifier-free guidance; 1 is none (default: the preset's)",
    ),
    cfgSchedule: z.enum(["linear", "constant"]).optional()
      .describe("how the scale grows over tokens (default: the preset's)"),
    noise: z.string().min(1).optional().describe(
      "recording whose draws and classes are replayed in place of the seed's",
    ),
    noiseRun: z.string().min(1).optional()
      .describe("which of the recording's runs (default: its only one)"),
    weightsDtype: z.enum(WEIGHTS_DTYPES).default("f32").describe(
      "what the AR model's large matrices are held in; q8 is 8 bits",
    ),
    untrained: z.boolean().default(false)
      .describe("sample from the AR model's starting values instead"),
  }),
  settle: (
    {
      classes,
      count,
      batch,
      untrained,
      noise: _,
      noiseRun,
      weightsDtype,
      ...given
    },
  ) => ({
    sampling: settledNumbers(given),
    classes: classes ?? "balanced",
    count: count ?? "per class",
    batch,
    untrained,
    ...noiseRun !== undefined && { noiseRun },
    ...weightsDtype !== "f32" && { weightsDtype },
  }),
  async fingerprint({ noise }) {
    if (noise === undefined) return undefined;
    const { digestFile } = await import("../lib/artifact/mod.ts");
    return await digestFile(noise);
  },
  async run(context) {
    const { runSample } = await import("./sample/run.ts");
    return await runSample(context);
  },
});
