import { resolve } from "node:path";
import type { PipelineSpec } from "../../lib/pipeline/mod.ts";
import type { PresetName } from "../../lib/preset/mod.ts";

/** Where a preset runs, and with which seed. */
export interface PresetRun {
  /** Run folder; default `runs/PRESET`. */
  readonly folder?: string | undefined;
  readonly seed: number;
}

/** The pipeline of a preset, in the same form as a pipeline file. */
export function presetPipeline(
  preset: PresetName,
  { folder = `runs/${preset}`, seed }: PresetRun,
): PipelineSpec {
  return {
    name: `preset ${preset}`,
    base: ".",
    folder: resolve(folder),
    seed,
    stages: {},
  };
}
