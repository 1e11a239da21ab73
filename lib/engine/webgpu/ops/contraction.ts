import type { FAMILIES } from "../../../tensor/mod.ts";
import type { Kernels, LoweringTable } from "./lowering.ts";

const PRODUCT: Kernels = {
  kind: "kernel",
  family: "product",
  readsExpressions: false,
};

/** Sums of products: matrix products and convolutions share their kernels. */
export const contraction: Pick<
  LoweringTable,
  keyof typeof FAMILIES.contraction
> = {
  matmul: PRODUCT,
  conv2d: PRODUCT,
  conv2d_dx: PRODUCT,
  conv2d_dw: PRODUCT,
};
