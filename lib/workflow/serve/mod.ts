/**
 * Sampling over HTTP: requests become batches of one engine.
 *
 * @module
 */
export { runServe, type ServeOptions } from "./run.ts";
