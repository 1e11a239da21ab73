/**
 * Weights of others as artifacts: sizes from tensors, names from wrappers.
 *
 * @module
 */
export { importWeights } from "./import_weights.ts";
