/**
 * One typed table of every preset: sizes, schedules and sampling settings.
 * Nothing else in the project holds a default of its own.
 *
 * @module
 */
export { arName, releasedAr, vaeName } from "./known_models.ts";
export {
  MAR_VAE,
  PAPER_AR,
  PAPER_RESOLUTIONS,
  PAPER_SAMPLING,
  PAPER_VAE,
} from "./paper.ts";
export {
  type ArSizes,
  type ArTraining,
  type ClassifierTraining,
  HEAD_WIDTH,
  type LatentViews,
  type Preset,
  type PresetName,
  PRESETS,
  REGISTER_TOKENS,
  type Sampling,
  type TrainingNumbers,
  type VaeSizes,
  type VaeTraining,
} from "./preset.ts";
