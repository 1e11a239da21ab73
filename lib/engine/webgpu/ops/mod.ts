import { composite } from "./composite.ts";
import { contraction } from "./contraction.ts";
import { elementwise } from "./elementwise.ts";
import { indexing } from "./indexing.ts";
import { leaf } from "./leaf.ts";
import type { LoweringTable } from "./lowering.ts";
import { movement } from "./movement.ts";
import { random } from "./random.ts";
import { reduce } from "./reduce.ts";

/** How every op is computed on this engine. */
export const LOWERINGS: LoweringTable = {
  ...leaf,
  ...elementwise,
  ...reduce,
  ...movement,
  ...contraction,
  ...indexing,
  ...random,
  ...composite,
};
