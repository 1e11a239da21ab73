/**
 * Training: objectives, AdamW, schedules, the step as one program, and the
 * loop with its checkpoints.
 *
 * @module
 */
export {
  ADVERSARIAL_LOSSES,
  type AdversarialLoss,
  type AdversarialLossName,
  type AdversarialOptions,
  Adversary,
  discriminatorPasses,
  type Game,
  type GameParts,
  type Judgement,
  type Passes,
  type RealAndFake,
  type Regulariser,
  REGULARISER_NAMES,
  type RegulariserName,
  REGULARISERS,
} from "./adversarial/mod.ts";
export { adamW, type AdamWOptions } from "./adamw.ts";
export { type ArStepOptions, arTrainingStep } from "./ar_training.ts";
export { type BatchRows, rowNumbers } from "./batch_rows.ts";
export { compileStep } from "./compile_step.ts";
export type { Batch, CompiledStep, StepOptions } from "./compiled_step.ts";
export {
  type Checkpoint,
  firstCheckpoint,
  logTensors,
  readCheckpoint,
  type SavedState,
  type TrainingLog,
  writeState,
} from "./checkpoint.ts";
export {
  type ClassifierStepOptions,
  classifierTrainingStep,
  oneHot,
} from "./classifier_training.ts";
export { clipFactor, gradientNorm } from "./clip.ts";
export {
  type ArBatch,
  type ArForward,
  arForward,
  meanDivergence,
  RECONSTRUCTION_ERRORS,
  type ReconstructionError,
  type ReconstructionErrorName,
  type VaeForward,
  vaeForward,
  vaeTerms,
} from "./losses.ts";
export { bufferName, scalarName, stateName } from "./names.ts";
export { Objective, type Term, weightAt } from "./objective.ts";
export type { Moved, Optimizer, UpdateContext } from "./optimizer.ts";
export {
  matrixNames,
  type Player,
  type UpdateNumbers,
  type UpdateRule,
  updateRule,
} from "./player.ts";
export {
  type PerceptualForward,
  type PerceptualOptions,
  perceptualTerm,
} from "./perceptual_term.ts";
export { Ahead, type AheadOptions } from "./ahead.ts";
export { lossProbe } from "./loss_probe.ts";
export type { ProbeParts } from "./probe.ts";
export {
  bindRandom,
  type RandomInputs,
  randomInputs,
} from "./random_inputs.ts";
export {
  type Average,
  averageDecay,
  learningRate,
  type Schedule,
} from "./schedule.ts";
export { type PlayerValues, startState } from "./state.ts";
export { normLimit, type SpikeRule } from "./spikes.ts";
export { StateLayout } from "./state_layout.ts";
export type { StepParts, StepValues, TrainingStep } from "./step.ts";
export { frozenStates, trainingProgram } from "./step_program.ts";
export { STREAMS } from "./streams.ts";
export { train } from "./trainer.ts";
export type {
  BatchOptions,
  Moment,
  Pause,
  StateMemory,
  StepReport,
  Trained,
  Training,
} from "./training.ts";
export {
  bindScalars,
  type Leaves,
  movedAverage,
  scalarInputs,
  type Update,
  updateScalars,
  updateSlots,
} from "./update.ts";
export { type VaeStepOptions, vaeTrainingStep } from "./vae_training.ts";
export { vaeValidation, type VaeValidationOptions } from "./vae_validation.ts";
