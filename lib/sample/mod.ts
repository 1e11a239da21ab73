/**
 * Sampling: solvers of the head's flow, classifier-free guidance, the token
 * loop over cached attention, and decoding.
 *
 * @module
 */
export { headParts, startParts, tokenParts } from "./ar_parts.ts";
export { imagesInBatch } from "./batch.ts";
export { decoderParts, scaledBy, toBytes, type VaeModel } from "./decoder.ts";
export { encoderParts } from "./encoder.ts";
export {
  CFG_SCHEDULES,
  type CfgSchedule,
  type Guidance,
  guidanceScale,
  isGuided,
} from "./guidance.ts";
export { sampleCommand } from "./command.ts";
export { type Decoded, ImageDecoder } from "./image_decoder.ts";
export { planSampling, type SamplingOptions } from "./plan.ts";
export { PreviewPace } from "./preview_pace.ts";
export {
  type ArModel,
  type ReadTokens,
  Sampler,
  type SampleRequest,
  type SamplerOptions,
} from "./sampler.ts";
export { type StepSchedule, stepsOfTokens } from "./schedule.ts";
export {
  type SolverName,
  SOLVERS,
  type SolverStep,
  solverSteps,
} from "./solver.ts";
