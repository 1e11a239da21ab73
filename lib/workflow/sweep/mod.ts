/**
 * Sweeps: figures of samples over numbers of sampling, each point a step.
 *
 * @module
 */
export { readSweep } from "./found.ts";
export { openSweep } from "./open.ts";
export { sweepParts } from "./page.ts";
export { runSweep, type SweepOptions } from "./run.ts";
