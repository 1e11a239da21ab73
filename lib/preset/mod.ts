/**
 * One typed table of every preset, each number with its source. Nothing else in
 * the project holds a default of its own. Light, since every command loads it:
 * how people change presets, and schemas that follow from models, are in
 * `checked.ts`.
 *
 * @module
 */
export { KNOWN_FILES, type KnownFile } from "./known_files.ts";
export { arName, isReleasedVae, releasedAr } from "./known_models.ts";
export {
  MAR_VAE,
  PAPER_AR,
  PAPER_PRESETS,
  PAPER_RESOLUTIONS,
  PAPER_VAE,
  type PaperLetter,
} from "./paper.ts";
export type { Published } from "./row.ts";
export { DATASET } from "./schema/dataset.ts";
export type { Preset, Section } from "./schema/preset.ts";
export { SAMPLING, type Sampling } from "./schema/sampling.ts";
export type { ArSizes } from "./schema/sizes.ts";
export {
  AR_TRAINING,
  type ArTraining,
  type ClassifierTraining,
  type LatentViews,
  type TrainingNumbers,
  VAE_TRAINING,
  type VaeTraining,
} from "./schema/training.ts";
export { STEP_SCHEDULE } from "./schema/step_schedule.ts";
export { type Source, sourceText } from "./source.ts";
export {
  isPresetName,
  PRESET_FILE,
  PRESET_NAMES,
  type PresetName,
  type PresetOf,
  PRESETS,
  publishedOf,
} from "./table.ts";
