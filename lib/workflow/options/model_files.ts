import { z } from "zod";

/** Files of the models that a command samples; of a stage they are inputs. */
export const MODEL_FILES = z.object({
  model: z.string().optional()
    .describe("AR model and S-VAE in one file, as import writes it")
    .meta({ value: "file" }),
  ar: z.string().optional()
    .describe("trained AR model, unless --model is given")
    .meta({ value: "file" }),
  svae: z.string().optional()
    .describe("trained S-VAE, unless --model is given")
    .meta({ value: "file" }),
});
