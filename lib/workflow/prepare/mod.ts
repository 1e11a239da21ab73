/**
 * A dataset as artifacts: decoded, cropped and split.
 *
 * @module
 */
export { prepareSplits } from "./prepare_splits.ts";
