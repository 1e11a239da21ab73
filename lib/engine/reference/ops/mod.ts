import { contraction } from "./contraction.ts";
import { elementwise } from "./elementwise.ts";
import { indexing } from "./indexing.ts";
import { leaf } from "./leaf.ts";
import { movement } from "./movement.ts";
import { random } from "./random.ts";
import { reduce } from "./reduce.ts";
import type { ReferenceTable } from "./value.ts";

/** How the reference computes every primitive. */
export const REFERENCE: ReferenceTable = {
  ...leaf,
  ...elementwise,
  ...reduce,
  ...movement,
  ...contraction,
  ...indexing,
  ...random,
};
