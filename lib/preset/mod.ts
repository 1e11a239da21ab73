/**
 * Presets by name, and what declarations of stages need of their numbers. Light,
 * since every command loads it: the numbers themselves, how people change them,
 * and schemas that follow from tables of models are in `checked.ts`.
 *
 * @module
 */
export { type InSteps, inSteps } from "./length.ts";
export { PAPER_PRESETS, type PaperLetter } from "./paper_presets.ts";
export type { PresetOf } from "./presets.ts";
export type { Published } from "./row.ts";
export { TINY_IMAGES } from "./rows/tiny.ts";
export type { Preset, Section } from "./schema/preset.ts";
export { type Length, LENGTH_UNITS } from "./schema/length.ts";
export { SAMPLING, type Sampling } from "./schema/sampling.ts";
export type { ArSizes } from "./schema/sizes.ts";
export { AUGMENTATION, AUGMENTATION_NUMBERS } from "./schema/augmentation.ts";
export {
  AR_TRAINING,
  type ArTraining,
  type ClassifierTraining,
  LATENT_DTYPES,
  LATENT_VIEWS,
  type LatentDType,
  type LatentViews,
  type TrainingNumbers,
  VAE_NUMBERS,
} from "./schema/training.ts";
export type { VaeTraining } from "./schema/vae_training.ts";
export { STEP_SCHEDULE } from "./schema/step_schedule.ts";
export { type Source, sourceText } from "./source.ts";
export {
  isPresetName,
  PRESET_FILE,
  PRESET_NAMES,
  type PresetName,
  publishedOf,
} from "./table.ts";
