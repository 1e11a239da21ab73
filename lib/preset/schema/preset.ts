import { z } from "zod";
import { DATASET } from "../../../datasets/mod.ts";
import { SAMPLING } from "./sampling.ts";
import { AR_SCHEMA } from "./sizes.ts";
import {
  AR_TRAINING,
  CLASSIFIER_TRAINING,
  EVALUATION,
  LATENT_VIEWS,
} from "./training.ts";
import { VAE_SCHEMA } from "./vae.ts";
import { VAE_TRAINING } from "./vae_training.ts";

/**
 * Every number of a preset, in the order of the work. A preset need not have
 * all sections: a tokenizer's says nothing of AR models.
 */
export const PRESET_SCHEMA = z.strictObject({
  dataset: DATASET.optional().describe("where the images come from"),
  heldout: z.number().min(0).lt(1).optional().describe(
    "share of each class that is held out",
  ),
  vae: VAE_SCHEMA.optional(),
  vaeTraining: VAE_TRAINING.optional(),
  latents: LATENT_VIEWS.optional(),
  ar: AR_SCHEMA.optional(),
  arTraining: AR_TRAINING.optional(),
  sampling: SAMPLING.optional(),
  classifier: CLASSIFIER_TRAINING.optional(),
  evaluation: EVALUATION.optional(),
});

/** The numbers of a preset, from images to report. */
export type Preset = Readonly<z.infer<typeof PRESET_SCHEMA>>;

/** A section of numbers of a preset. */
export type Section = {
  [K in keyof Preset]-?: NonNullable<Preset[K]> extends object ? K : never;
}[keyof Preset];

/** Some numbers of a preset: those that a statement is about. */
export type Changes = DeepPartial<Preset>;

type DeepPartial<T> = T extends readonly unknown[] ? T
  : T extends object ? { readonly [K in keyof T]?: DeepPartial<T[K]> }
  : T;
