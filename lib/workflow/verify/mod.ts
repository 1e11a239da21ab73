/**
 * Recorded runs replayed on an engine and compared.
 *
 * @module
 */
export { describeFiles } from "./describe.ts";
export { verifyFile } from "./file.ts";
