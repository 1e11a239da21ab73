import { z } from "zod";

/** Words for a file of both halves, and for one of either. */
const HELP = {
  model: "AR model and S-VAE in one file, as import writes it",
  ar: "trained AR model",
  svae: "trained S-VAE",
} as const;

/** Files of the models that a command samples. */
export const MODEL_FILES = z.object({
  model: z.string().optional()
    .describe(HELP.model)
    .meta({ value: "file" }),
  ar: z.string().optional()
    .describe(`${HELP.ar}, unless --model is given`)
    .meta({ value: "file" }),
  svae: z.string().optional()
    .describe(`${HELP.svae}, unless --model is given`)
    .meta({ value: "file" }),
});

/** The same files as inputs of a stage. */
export const MODEL_INPUTS = {
  model: { kind: "model", help: HELP.model, optional: true },
  ar: { kind: "ar", help: HELP.ar, unless: "model" },
  svae: {
    kind: ["svae", "model"],
    help: `${HELP.svae}, for its decoder`,
    unless: "model",
  },
} as const;
