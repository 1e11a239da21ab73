/**
 * One typed table of every preset, each number with its source, and the files
 * and options with which people change them. Nothing else in the project holds
 * a default of its own.
 *
 * @module
 */
export { arName, isReleasedVae, releasedAr } from "./known_models.ts";
export {
  MAR_VAE,
  PAPER_AR,
  PAPER_PRESETS,
  PAPER_RESOLUTIONS,
  PAPER_VAE,
  type PaperLetter,
} from "./paper.ts";
export { PRESET_FILE } from "./preset_file.ts";
export {
  type PresetChoice,
  requireSection,
  type ResolvedPreset,
  resolvePreset,
} from "./resolve.ts";
export { type Published } from "./row.ts";
export {
  DATASET,
  type Preset,
  PRESET_SCHEMA,
  type Section,
} from "./schema/preset.ts";
export { SAMPLING, type Sampling } from "./schema/sampling.ts";
export { shapeOf } from "./schema/size_table.ts";
export { type ArSizes } from "./schema/sizes.ts";
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
export { BACKBONE, LAW, lawSchema, openVae, vaeSchema } from "./schema/vae.ts";
export { sectionOf, type Settable } from "./settings.ts";
export { type Source, sourceText } from "./source.ts";
export {
  isPresetName,
  PRESET_NAMES,
  type PresetName,
  type PresetOf,
  PRESETS,
  publishedOf,
} from "./table.ts";
