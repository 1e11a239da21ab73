/**
 * A dataset as artifacts: split, and decoded, copied or indexed.
 *
 * @module
 */
export { estimatePick, estimatePrepare } from "./estimate.ts";
export { pickImages, pickRows } from "./pick.ts";
export { recorded, settled } from "./settled.ts";
export { checkDataset, prepareDataset } from "./stores.ts";
