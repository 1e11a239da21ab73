import { z } from "zod";
import { SAMPLING } from "../../preset/mod.ts";
import {
  LOOK_BATCH,
  MEASURING_OPTIONS,
  SAMPLING_OPTIONS,
} from "../options/mod.ts";

const { classes, count, batch, weightsDtype } = SAMPLING_OPTIONS.shape;

/** What a point depends on besides its inputs: every number, whoever gave it. */
export const POINT_OPTIONS = z.object({
  sampling: SAMPLING.describe("how images are sampled"),
  classes,
  count,
  batch,
  weightsDtype,
  ...MEASURING_OPTIONS,
  lookBatch: LOOK_BATCH,
});

/** The same, checked. */
export type PointOptions = z.infer<typeof POINT_OPTIONS>;
