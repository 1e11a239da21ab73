/**
 * A training as a stage runs it: progress, checkpoints, resuming, and starting
 * from given weights.
 *
 * @module
 */
export { givenStart, givenVaeStart } from "./given.ts";
export { type GivenStart } from "./start.ts";
export { type StageTraining, trainStage } from "./train_stage.ts";
