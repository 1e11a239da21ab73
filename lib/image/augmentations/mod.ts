/**
 * How images are seen differently each time, as presets name it. Light: nothing
 * here decodes files.
 *
 * @module
 */
export type {
  Augmentation,
  Canvas,
  CropDraws,
  NumberKind,
} from "./augmentation.ts";
export { CENTRE, type CentreCrop } from "./centre_crop.ts";
export type { RandomCrop } from "./random_crop.ts";
export type { Shift } from "./shift.ts";
export {
  type AugmentationChoice,
  type AugmentationName,
  type AugmentationNumber,
  AUGMENTATIONS,
  type Crop,
  cropsAround,
  cutCrop,
  drawCrop,
} from "./table.ts";
