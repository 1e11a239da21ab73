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
  gradientPenalty,
  lecam,
  LECAM_BUFFERS,
  type RealAndFake,
} from "./adversarial/mod.ts";
export {
  adamW,
  ADAMW_EPSILON,
  type AdamWOptions,
  adamWOptions,
  clipFactor,
  decays,
  gradientNorm,
  type ParameterState,
  type SharedUpdate,
  type StepScalars,
  stepScalars,
} from "./adamw.ts";
export { type ArStepOptions, arTrainingStep } from "./ar_training.ts";
export {
  type Batch,
  type CompiledStep,
  compileStep,
  type StepOptions,
} from "./compiled_step.ts";
export { logTensors, type TrainingLog } from "./checkpoint.ts";
export {
  type ClassifierStepOptions,
  classifierTrainingStep,
  oneHot,
} from "./classifier_training.ts";
export {
  type ArBatch,
  type ArForward,
  arForward,
  type VaeForward,
  vaeForward,
} from "./losses.ts";
export {
  type Pictures,
  randomViews,
  renderViews,
  type View,
} from "./pictures.ts";
export {
  bindRandom,
  type RandomInputs,
  randomInputs,
} from "./random_inputs.ts";
export { emaDecay, learningRate, type Schedule } from "./schedule.ts";
export { trainingProgram, type TrainingStep } from "./step.ts";
export {
  STATE_GROUPS,
  type StateGroup,
  StateLayout,
  stateName,
} from "./state_layout.ts";
export { STREAMS } from "./streams.ts";
export { train, type Trained, type Training } from "./trainer.ts";
export { bindScalars } from "./update.ts";
export { type VaeStepOptions, vaeTrainingStep } from "./vae_training.ts";
