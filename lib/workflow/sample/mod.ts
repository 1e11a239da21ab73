/**
 * Sampling at scale: batches that survive a kill, shared by ranks.
 *
 * @module
 */
export { estimateSamples } from "./estimate.ts";
export {
  classNames,
  planSamples,
  type SampleOptions,
  type SamplePlan,
} from "./plan.ts";
export { type FinishedRun, runSample, sampleThen } from "./run.ts";
export { fitted, type Generator } from "./sampling.ts";
