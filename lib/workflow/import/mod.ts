/**
 * Weights of others as artifacts: sizes from tensors, names from wrappers.
 *
 * @module
 */
export { IMPORTED_KINDS, importFiles } from "./import_files.ts";
export { IMPORT_VERSION } from "./write_weights.ts";
