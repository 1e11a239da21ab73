/**
 * Labelled sets from artifacts: images, cached latents, tokens.
 *
 * @module
 */
export {
  type ContainerState,
  containerStates,
  storedContainers,
} from "./encoded/containers.ts";
export { columnsOf, type PictureSpec } from "./encoded/columns.ts";
export { indexContent, type IndexedPictures } from "./encoded/index_content.ts";
export {
  areEncoded,
  type EncodedImages,
  openEncodedImages,
} from "./encoded/images.ts";
export { type PictureSurvey, surveyPictures } from "./encoded/survey.ts";
export { drawByClass } from "./class_weights.ts";
export {
  type Decodable,
  decodedImages,
  type Decoding,
} from "./decoding/decoded_images.ts";
export type { ImageSource } from "./image_source.ts";
export { imageBatches, imageOrder, imageViews } from "./image_batches.ts";
export {
  checkImages,
  checkImagesOfVae,
  imageSizeOf,
  openImages,
} from "./images.ts";
export { type Labelled, stringsOf } from "./labelled.ts";
export {
  classesOf,
  type ImageView,
  latentBatches,
  type LatentSet,
  type LatentSource,
  openLatents,
  readLatentLaw,
} from "./latents.ts";
export { readPicked } from "./picked_rows.ts";
export { drawnScale, pictureAt, picturesOf } from "./pictures.ts";
export { type Pictures, renderViews } from "./rendering.ts";
export {
  type HostPosterior,
  mapPosterior,
  readPosterior,
  scaledPosterior,
  storedDType,
  storedPosterior,
} from "./posterior.ts";
export { readTokens } from "./tokens.ts";
