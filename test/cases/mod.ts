/**
 * What is tested of every op, on every engine: one entry an op, mirroring
 * lib/tensor/ops.
 *
 * @module
 */
import type { CaseTable } from "./case.ts";
import { composite } from "./composite.ts";
import { contraction } from "./contraction.ts";
import { elementwise } from "./elementwise.ts";
import { indexing } from "./indexing.ts";
import { leaf } from "./leaf.ts";
import { movement } from "./movement.ts";
import { random } from "./random.ts";
import { reduce } from "./reduce.ts";

export type { CaseTable, OpCase, Sample } from "./case.ts";

/** The cases by family. */
export const CASE_FAMILIES = {
  leaf,
  elementwise,
  reduce,
  movement,
  contraction,
  indexing,
  random,
  composite,
} as const;

/** One case an op: a missing one does not compile. */
export const CASES: CaseTable = {
  ...leaf,
  ...elementwise,
  ...reduce,
  ...movement,
  ...contraction,
  ...indexing,
  ...random,
  ...composite,
};
