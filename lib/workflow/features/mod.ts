/**
 * Features of sets of images by a network: in pieces, whatever the images are.
 *
 * @module
 */
export {
  extractFeatures,
  type Extraction,
  type FeatureWork,
} from "./extract.ts";
export { fitImages, type Fitting, fittingOf } from "./fitting.ts";
export { provenance } from "./provenance.ts";
export { openPixels, type PixelSource } from "./pixels.ts";
export { takeFeatures, type TakenFeatures } from "./take.ts";
