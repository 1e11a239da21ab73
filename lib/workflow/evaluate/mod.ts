/**
 * Sets of images compared: what the evaluation measures and how it is stored.
 *
 * @module
 */
export { metricsContent } from "./content.ts";
export { compareSets } from "./evaluation.ts";
export {
  chooseRows,
  type ImageSet,
  type OpenSet,
  openSet,
  readSet,
  someOf,
  takeRows,
} from "./image_set.ts";
export { measureNearest } from "./nearest.ts";
export { scoreReconstructions } from "./reconstructions.ts";
