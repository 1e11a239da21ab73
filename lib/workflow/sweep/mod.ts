/**
 * Sweeps: figures of samples over numbers of sampling, each point a step.
 *
 * @module
 */
export { runSweep, type SweepOptions } from "./run.ts";
