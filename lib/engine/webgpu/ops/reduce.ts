import type { FAMILIES } from "../../../tensor/mod.ts";
import type { Kernels, LoweringTable } from "./lowering.ts";

const REDUCE: Kernels = {
  kind: "kernel",
  family: "reduce",
  readsExpressions: true,
  domain: "elements",
};

/** Reductions, with what they reduce computed on the way. */
export const reduce: Pick<LoweringTable, keyof typeof FAMILIES.reduce> = {
  reduce_sum: REDUCE,
  reduce_max: REDUCE,
};
