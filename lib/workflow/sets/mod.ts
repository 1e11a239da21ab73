/**
 * Labelled sets from artifacts: images, cached latents, tokens.
 *
 * @module
 */
export { imageBatches, imageOrder } from "./image_batches.ts";
export {
  checkImages,
  checkImagesOfVae,
  type ImageSource,
  openImages,
  stringsOf,
} from "./images.ts";
export {
  classesOf,
  type ImageView,
  latentBatches,
  type LatentSource,
  openLatents,
} from "./latents.ts";
export { drawnScale, pictureAt, picturesOf } from "./pictures.ts";
export {
  type HostPosterior,
  mapPosterior,
  scaledPosterior,
} from "./posterior.ts";
export { readTokens } from "./tokens.ts";
