/**
 * Sampling at scale: batches that survive a kill, shared by ranks.
 *
 * @module
 */
export { estimateSamples } from "./estimate.ts";
export { planSamples } from "./plan.ts";
export { runSample } from "./run.ts";
export { fitted, type Generator } from "./sampling.ts";
