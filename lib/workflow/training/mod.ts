/**
 * A training as a stage runs it: progress, checkpoints, resuming.
 *
 * @module
 */
export { trainStage } from "./train_stage.ts";
