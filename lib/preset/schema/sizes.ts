import { z } from "zod";
import { AR_SIZES } from "../../model/mod.ts";
import { shapeOf } from "./size_table.ts";

/** Sizes of an AR model and its head. */
export const AR_SCHEMA = z.strictObject(shapeOf(AR_SIZES));

/** Sizes of an AR model. */
export type ArSizes = Readonly<z.infer<typeof AR_SCHEMA>>;
