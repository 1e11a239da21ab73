import { z } from "zod";
import type { JsonRecord } from "../../artifact/mod.ts";
import { SAMPLING as NUMBERS } from "../../preset/mod.ts";
import { BATCH } from "./batch.ts";
import { settledNumbers } from "./sampling_numbers.ts";
import { PRESET, SET } from "./preset_options.ts";
import { WEIGHTS_DTYPES } from "./weights_dtype.ts";

/** Options of sampling. */
export const SAMPLING_OPTIONS = z.object({
  classes: z.string().min(1).optional().describe(
    "names, numbers and ranges in turn, such as heart,0-9; balanced (each as " +
      "often) or uniform (drawn by chance) (default: balanced)",
  ),
  count: z.int().min(1).max(10_000_000).optional()
    .describe("images (default: the preset's number per class)"),
  seeds: z.string().min(1).optional().describe(
    "one image for every number, such as 0-63,100; each is drawn from --seed " +
      "and its number alone (default: from 0 on)",
  ),
  batch: BATCH.default("auto").describe(
    "images in one engine call, or auto: by the model's sizes, no more than " +
      "are asked for; images depend on it in their last digits",
  ),
  preset: PRESET.optional().describe(
    "how to sample: a preset, or a TOML file of yours (default: as the " +
      "released model of these sizes, else tiny)",
  ),
  set: SET,
  steps: NUMBERS.shape.steps.optional().describe(
    "solver steps per token; 50:5 takes 50 at the first token, fewer and " +
      "fewer after it, 5 at the last (default: the preset's)",
  ),
  solver: NUMBERS.shape.solver.optional()
    .describe("solver of the head's flow (default: the preset's)"),
  cfg: NUMBERS.shape.cfg.optional().describe(
    "scale of classifier-free guidance; 1 is none (default: the preset's)",
  ),
  cfgSchedule: NUMBERS.shape.cfgSchedule.optional()
    .describe("how the scale grows over tokens (default: the preset's)"),
  noise: z.string().min(1).optional().describe(
    "recording whose draws and classes are replayed in place of the seed's",
  ).meta({ path: "^(.+)$" }),
  noiseRun: z.string().min(1).optional()
    .describe("which of the recording's runs (default: its only one)"),
  weightsDtype: z.enum(WEIGHTS_DTYPES).default("f32").describe(
    "what the AR model's large matrices are held in; q8 is 8 bits",
  ),
  untrained: z.boolean().default(false)
    .describe("sample from the AR model's starting values instead"),
});

/** Those options as a recipe records them: all numbers of a preset. */
export async function settledSampling(
  {
    classes,
    count,
    seeds,
    batch,
    untrained,
    noise: _,
    noiseRun,
    weightsDtype,
    ...given
  }: z.infer<typeof SAMPLING_OPTIONS>,
): Promise<JsonRecord> {
  return {
    sampling: await settledNumbers(given),
    classes: classes ?? "balanced",
    count: count ?? "per class",
    batch,
    untrained,
    ...seeds !== undefined && { seeds },
    ...noiseRun !== undefined && { noiseRun },
    ...weightsDtype !== "f32" && { weightsDtype },
  };
}
