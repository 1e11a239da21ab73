import { z } from "zod";
import { AR_DATA_SIZES, AR_SIZES, COMMON_SIZES } from "../../model/mod.ts";
import { LAW, lawSchema, shapeOf } from "../../preset/checked.ts";

/** Sizes of the images and tokens of a VAE. */
export const IMAGE_SIZES = z.object(shapeOf(COMMON_SIZES));

const SIZES = z.object({ ...shapeOf(AR_SIZES), ...shapeOf(AR_DATA_SIZES) });

/** Sizes of an AR model and the law of its latents, as artifacts hold them. */
export const AR_CONFIG = SIZES.extend(lawSchema({}).shape);

/** The same, none of it required. */
export function openAr() {
  return SIZES.extend(LAW.shape).partial();
}
