/**
 * A dataset as artifacts: decoded, cropped and split.
 *
 * @module
 */
export { withFlips } from "./flips.ts";
export { prepareSplits } from "./prepare_splits.ts";
