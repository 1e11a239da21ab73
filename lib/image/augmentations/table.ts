import type { Picture } from "../pixels.ts";
import type { Augmentation, Canvas, CropDraws } from "./augmentation.ts";
import { CENTRE_CROP } from "./centre_crop.ts";
import { RANDOM_CROP } from "./random_crop.ts";
import { SHIFT } from "./shift.ts";

/** How images are seen differently each time, by the names that presets use. */
export const AUGMENTATIONS = {
  "centre-crop": CENTRE_CROP,
  "random-crop": RANDOM_CROP,
  shift: SHIFT,
} as const;

/** One of {@linkcode AUGMENTATIONS}. */
export type AugmentationName = keyof typeof AUGMENTATIONS;

type Row = typeof AUGMENTATIONS[AugmentationName];

/** Names of all of their numbers. */
export type AugmentationNumber = Row extends infer R
  ? R extends Row ? keyof R["numbers"] & string : never
  : never;

/** An augmentation with its numbers: those of others are not there. */
export type AugmentationChoice =
  & { readonly augmentation: AugmentationName }
  & { readonly [K in AugmentationNumber]?: number | undefined };

/** Which part of a picture is seen, and how. */
export type Crop = ReturnType<Row["draw"]>;

/** Draws a crop. */
export function drawCrop(
  { augmentation, ...numbers }: AugmentationChoice,
  draws: CropDraws,
): Crop {
  const row = AUGMENTATIONS[augmentation] as Augmentation;
  return row.draw(numbers as Readonly<Record<string, number>>, draws) as Crop;
}

/** Crops beside the middle square that show what may be drawn; may be none. */
export function cropsAround(
  { augmentation, ...numbers }: AugmentationChoice,
): readonly Crop[] {
  const row = AUGMENTATIONS[augmentation] as Augmentation;
  return row.around(numbers as Readonly<Record<string, number>>) as Crop[];
}

/** Cuts a crop out of a picture of any size; it may be the picture itself. */
export function cutCrop(source: Picture, crop: Crop, canvas: Canvas): Picture {
  const row = AUGMENTATIONS[crop.by] as Augmentation;
  return row.cut(source, crop, canvas);
}
