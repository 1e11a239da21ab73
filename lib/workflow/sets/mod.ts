/**
 * Labelled sets from artifacts: images, cached latents, tokens.
 *
 * @module
 */
export { imageBatches } from "./image_batches.ts";
export { type LabelledImages, readImages, stringsOf } from "./images.ts";
export { latentBatches, type Latents, readLatents } from "./latents.ts";
export { drawnScale, pictureAt, picturesOf } from "./pictures.ts";
export {
  type HostPosterior,
  mapPosterior,
  scaledPosterior,
} from "./posterior.ts";
export { readTokens } from "./tokens.ts";
