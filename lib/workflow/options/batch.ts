import { z } from "zod";

const MOST = 65_536;
const error = `expected auto, or 1 to ${MOST} images`;

/** Images in one engine call, as an option: a number, or by the model's sizes. */
export const BATCH = z.union([
  z.int({ error }).min(1, { error }).max(MOST, { error }),
  z.literal("auto"),
], { error });
