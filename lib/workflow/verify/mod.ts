/**
 * Recorded runs replayed on an engine and compared.
 *
 * @module
 */
export { describeChecks, summarizeFiles } from "./describe.ts";
export { verifyFile } from "./file.ts";
