/**
 * Recorded runs of the authors' code, read with checks.
 *
 * @module
 */
export {
  optionsOf,
  readNoise,
  RECORDED_RUNS,
  type RecordedRun,
} from "./recorded_run.ts";
export { Recording } from "./recording.ts";
