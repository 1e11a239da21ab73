/**
 * Sampling at scale: batches that survive a kill, shared by ranks.
 *
 * @module
 */
export { classesOf, type ClassOptions } from "./classes.ts";
export { estimateSamples } from "./estimate.ts";
export { chosenIndices, indicesFromZero } from "./indices.ts";
export { samplesGrid } from "./outputs.ts";
export {
  classNames,
  planSamples,
  type SampleOptions,
  type SamplePlan,
} from "./plan.ts";
export { type FinishedRun, runSample, sampleThen } from "./run.ts";
export { fitted, type Generator, samplerOptions } from "./sampling.ts";
