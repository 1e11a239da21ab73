/**
 * The reference engine: float64, slow, obvious.
 *
 * @module
 */
export { createReferenceEngine } from "./engine.ts";
