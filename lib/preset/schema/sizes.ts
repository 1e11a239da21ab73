import { z } from "zod";
import { AR_SIZES } from "../../model/mod.ts";
import { shapeOf } from "./size_table.ts";

// Sizes may come from files: they are bounded, so that a hostile one cannot ask
// for much.

/** A width, or a count of which there is one at least. */
export function size(): z.ZodInt {
  return z.int().min(1).max(65_536);
}

/** Channels of several layers. */
export function channels(least: number): z.ZodReadonly<z.ZodArray<z.ZodInt>> {
  return z.array(size()).min(least).max(16).readonly();
}

/** Sizes of an AR model and its head. */
export const AR_SCHEMA = z.strictObject(shapeOf(AR_SIZES));

/** Sizes of an AR model. */
export type ArSizes = Readonly<z.infer<typeof AR_SCHEMA>>;
