import { z } from "zod";
import { defineStage } from "../lib/pipeline/mod.ts";
import { PRESETS } from "../lib/preset/mod.ts";
import { PRESET_OPTION, withGiven } from "./shared/training_options.ts";

/** Samples images from an AR model and decodes them (Section 3.3). */
export const stage = defineStage({
  name: "sample",
  summary: "Sample images: tokens by the AR model and its head, then decode",
  version: 1,
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
    samples: { kind: "samples", help: "images, classes and tokens" },
  },
  options: z.object({
    ...PRESET_OPTION,
    classes: z.string().regex(/^\d+(,\d+)*$/, {
      error: "expected class numbers, such as 0,3,5",
    }).optional().describe("class numbers to draw in turn (default: all)"),
    count: z.int().min(1).max(10_000_000).optional()
      .describe("images (default: the preset's number per class)"),
    batch: z.int().min(1).max(65_536).default(80)
      .describe("images in one engine call"),
    steps: z.int().min(1).max(10_000).optional()
      .describe("solver steps per token (default: the preset's)"),
    solver: z.enum(["euler", "euler-maruyama"]).optional()
      .describe("solver of the head's flow (default: the preset's)"),
    cfg: z.number().min(1).max(1000).optional().describe(
      "scale of classifier-free guidance; 1 is none (default: the preset's)",
    ),
    cfgSchedule: z.enum(["linear", "constant"]).optional()
      .describe("how the scale grows over tokens (default: the preset's)"),
    untrained: z.boolean().default(false)
      .describe("sample from the AR model's starting values instead"),
  }),
  settle: ({ preset, classes, count, batch, untrained, ...given }) => ({
    sampling: withGiven(PRESETS[preset].sampling, given),
    classes: classes ?? "all",
    count: count ?? "per class",
    batch,
    untrained,
  }),
  async run({ inputs, outputs, options, ...context }) {
    const { generatorOf, readAr, readVae } = await import("./shared/models.ts");
    const { classesLike, classesOf, sampleImages, untrainedOf } = await import(
      "./shared/sampling.ts"
    );
    const { stringsOf } = await import("./shared/images.ts");
    const numbers = withGiven(PRESETS[options.preset].sampling, options);
    const files = generatorOf(inputs);
    const trained = await readAr(files.ar);
    const ar = options.untrained ? untrainedOf(trained, context.seed) : trained;
    const vae = await readVae(files.svae);
    const known = ar.config.num_classes;
    const classes = inputs.like === undefined
      ? classesOf(options, { known, perClass: numbers.perClass })
      : await classesLike(inputs.like, { known, options });
    const tensors = await sampleImages({ ar, vae }, {
      ...context,
      engine: await context.engine(),
      classes,
      batch: Math.min(options.batch, classes.length),
      numbers,
    });
    await outputs.samples.write({
      tensors,
      config: {
        classes: stringsOf(files.ar, "classes"),
        size: vae.config.image_size,
        sampling: numbers,
      },
    });
    return { images: classes.length };
  },
});
