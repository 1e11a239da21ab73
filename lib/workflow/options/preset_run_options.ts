import { z } from "zod";
import { PRESET, SET } from "./preset_options.ts";

/** Options of a preset's whole run. */
export const PRESET_RUN_OPTIONS = {
  preset: PRESET.optional().describe(
    'which preset to run: one that "spherear presets" shows, or a TOML file ' +
      "(default: tiny)",
  ),
  set: SET,
  perceptual: z.string().optional().describe(
    "weights for a preset's perceptual term, as train-vae takes them",
  ).meta({ value: "file" }),
  data: z.string().min(1).optional().describe(
    "images in place of the preset's: a dataset as prepare takes it, or a " +
      "path that tells its kind, such as ILSVRC2012_img_train.tar",
  ).meta({ value: "dataset" }),
  val: z.string().min(1).optional().describe(
    "held-out images, in the same words (default: a share of the others)",
  ).meta({ value: "dataset" }),
  reference: z.string().min(1).optional().describe(
    "real images by which evaluate measures the samples, such as " +
      "imagenet256-reference; with --network",
  ).meta({ value: "file" }),
  network: z.string().min(1).optional().describe(
    "network that looks at both, such as inception-2015-12-05; of a tokenizer " +
      "alone at reconstructions and held-out images",
  ).meta({ value: "file" }),
  valLabels: z.string().min(1).optional().describe(
    "what they show, as --labels of prepare says it",
  ).meta({ value: "file" }),
};
