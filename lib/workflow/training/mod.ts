/**
 * A training as a stage runs it: progress, checkpoints, resuming, and starting
 * from given weights.
 *
 * @module
 */
export {
  estimateArTraining,
  estimateClassifierTraining,
  estimateVaeTraining,
} from "./estimates.ts";
export { givenStart, givenVaeStart } from "./given.ts";
export { imageValidator } from "./image_validation.ts";
export { latentValidator } from "./latent_validation.ts";
export { HELDOUT_PNG, SCALARS } from "./log_folder.ts";
export { type GivenStart } from "./start.ts";
export { arConfigFor, arStep, classifierStep, vaeStep } from "./steps.ts";
export { type StageTraining, trainStage } from "./train_stage.ts";
export type { Validated, Validator } from "./validation.ts";
export { checkVaeInputs, checkVaeNumbers } from "./vae_check.ts";
export {
  adversarialOf,
  vaePlayerSpecs,
  type VaeTerms,
  vaeTerms,
} from "./vae_terms.ts";
