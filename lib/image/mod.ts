/**
 * Pictures on the host: decoding, resizing and cropping with Pillow's bytes, the
 * views of them that trainings see, PNG files and grids.
 *
 * @module
 */
export {
  type AugmentationChoice,
  type AugmentationName,
  type AugmentationNumber,
  AUGMENTATIONS,
  type Canvas,
  CENTRE,
  type Crop,
  cropsAround,
  cutCrop,
  drawCrop,
} from "./augmentations/mod.ts";
export {
  centerCrop,
  cropRange,
  randomCrop,
  type RandomCropDraws,
  scaleSmallerSide,
} from "./crop.ts";
export { checkPictureFile, decodeRgb, decodeRgba } from "./decode.ts";
export { encodeJpeg, encodePng, encodeWebp } from "./encode.ts";
export {
  FACTS_BYTES,
  type FactsOptions,
  type PictureFacts,
  pictureFacts,
} from "./facts.ts";
export { gridImage, type GridOptions } from "./grid.ts";
export type { DecodeOptions } from "./header.ts";
export { ImageError } from "./image_error.ts";
export {
  cut,
  freePicture,
  MAX_PIXELS,
  onWhite,
  type Picture,
  picture,
  type Rectangle,
  type Rgb,
  WHITE,
} from "./pixels.ts";
export type { ResizeFilter } from "./resample/filters.ts";
export { resize, type ResizeOptions } from "./resize.ts";
export {
  type Decay,
  decayedShare,
  randomViews,
  type View,
  type ViewDraws,
} from "./views.ts";
export { writePlanes } from "./planes.ts";
export { type PngText, withPngText } from "./png_text.ts";
export { Turn } from "./turn.ts";
