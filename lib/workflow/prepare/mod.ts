/**
 * A dataset as artifacts: split, and decoded, copied or indexed.
 *
 * @module
 */
export { estimatePrepare } from "./estimate.ts";
export { recorded, settled } from "./settled.ts";
export { checkDataset, prepareDataset } from "./stores.ts";
