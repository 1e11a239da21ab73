import type { KilledRow } from "../row.ts";
import { IMAGES } from "./images.ts";
import { MEASURES } from "./measures.ts";
import { MODELS } from "./models.ts";
import { PIPELINE } from "./pipeline.ts";
import { STORES } from "./stores.ts";
import { TRAININGS } from "./trainings.ts";

/** Short runs of every stage, in an order in which each has its inputs. */
export const KILLED: readonly KilledRow[] = [
  ...STORES,
  ...TRAININGS,
  ...IMAGES,
  ...MODELS,
  ...MEASURES,
  PIPELINE,
];
