/**
 * Options that several stages share. Light: every command loads it.
 *
 * @module
 */
export { LOOK_BATCH, MEASURING_OPTIONS } from "./measuring_options.ts";
export { MODEL_FILES, MODEL_INPUTS } from "./model_files.ts";
export { checkPerceptualFile } from "./perceptual_file.ts";
export {
  aloneWithoutParts,
  checkPreset,
  type NumbersOf,
  PRESET,
  PRESET_OPTIONS,
  presetNumbers,
  type PresetOptions,
  SET,
  settledTraining,
  trainingNumbers,
  USES,
  type Uses,
} from "./preset_options.ts";
export { PRESET_RUN_OPTIONS } from "./preset_run_options.ts";
export {
  type ChosenNumbers,
  type GivenNumbers,
  numbersOf,
  settledNumbers,
} from "./sampling_numbers.ts";
export { SAMPLING_OPTIONS, settledSampling } from "./sampling_options.ts";
export {
  AR_OPTIONS,
  COMPUTE_OPTIONS,
  KEEPING_OPTIONS,
  TRAINING_OPTIONS,
  VAE_OPTIONS,
  VALIDATING_OPTIONS,
  VIEW_OPTIONS,
} from "./training_options.ts";
export { WEIGHTS_DTYPES, type WeightsDType } from "./weights_dtype.ts";
