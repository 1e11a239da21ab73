import { UserError } from "../../artifact/mod.ts";
import {
  flagName,
  type PipelineSpec,
  readPipelineFile,
} from "../../pipeline/mod.ts";
import { isPresetName } from "../../preset/mod.ts";
import { presetPipeline } from "./preset_pipeline.ts";
import type { PresetRun } from "./preset_run.ts";

/** What a person says of the pipeline to run. */
export interface PipelineChoice extends Omit<PresetRun, "preset"> {
  readonly preset?: string | undefined;
}

/** Options for presets alone, and what says the same in a pipeline file. */
const IN_FILES = {
  set: "an option of its stages",
  data: "the dataset of prepare",
  val: "a second stage that uses prepare",
  valLabels: "the labels of prepare",
  perceptual: "an input of train-vae",
  reference: "an input of evaluate",
  network: "an input of evaluate",
} as const;

/**
 * The pipeline of a file, or of a preset where it is named or nothing is.
 *
 * @param file a pipeline file, or the name of a preset
 * @throws {UserError} where several are named, or a file is to be changed
 */
export async function chosenPipeline(
  file: string | undefined,
  { preset, ...run }: PipelineChoice,
): Promise<PipelineSpec> {
  if (file === undefined) {
    return await presetPipeline({ preset: preset ?? "tiny", ...run });
  }
  if (preset !== undefined) {
    throw new UserError(
      `Cannot run "${file}" and --preset ${preset}: expected one of them`,
    );
  }
  if (isPresetName(file)) return await presetPipeline({ preset: file, ...run });
  for (const [option, place] of Object.entries(IN_FILES)) {
    if (run[option as keyof typeof IN_FILES] === undefined) continue;
    throw new UserError(
      `Cannot use --${flagName(option)} with "${file}": expected it in the ` +
        `file, as ${place}`,
    );
  }
  return await readPipelineFile(file);
}
