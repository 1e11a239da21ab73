/**
 * Features of sets of images by a network: in pieces, whatever the images are.
 *
 * @module
 */
export {
  countedImages,
  countFeatures,
  estimateExtraction,
} from "./estimate.ts";
export {
  extractFeatures,
  type Extraction,
  type FeatureWork,
} from "./extract.ts";
export { checkFitting, fitImages, type Fitting, fittingOf } from "./fitting.ts";
export { madeBy, provenance } from "./provenance.ts";
export {
  openPixels,
  type PictureOrigin,
  type PixelOptions,
  type PixelSource,
} from "./pixels.ts";
export { takeFeatures, type TakenFeatures } from "./take.ts";
