import { centerCrop } from "../crop.ts";
import { defineAugmentation } from "./augmentation.ts";

/** The middle square: images as they are. */
export interface CentreCrop {
  readonly by: "centre-crop";
}

/** What images are seen by where nothing is to differ. */
export const CENTRE: CentreCrop = { by: "centre-crop" };

/** ADM's centre crop (Dhariwal and Nichol 2021). */
export const CENTRE_CROP = defineAugmentation({
  help: "the middle square, always the same",
  numbers: {},
  draw: () => CENTRE,
  around: () => [],
  cut: (source, _: CentreCrop, { size }) => centerCrop(source, size),
});
