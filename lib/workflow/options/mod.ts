/**
 * Options that several stages share. Light: every command loads it.
 *
 * @module
 */
export {
  type ChosenNumbers,
  type GivenNumbers,
  numbersOf,
} from "./sampling_numbers.ts";
export { SAMPLING_OPTIONS, settledSampling } from "./sampling_options.ts";
export { STEP_SCHEDULE } from "./step_schedule.ts";
export {
  COMPUTE_OPTIONS,
  PRESET_NAMES,
  PRESET_OPTION,
  TRAINING_OPTIONS,
  withGiven,
} from "./training_options.ts";
export { WEIGHTS_DTYPES, type WeightsDType } from "./weights_dtype.ts";
