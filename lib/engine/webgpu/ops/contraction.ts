import type { FAMILIES } from "../../../tensor/mod.ts";
import type { Domain, Kernels, LoweringTable } from "./lowering.ts";

function product(domain: Domain): Kernels {
  const kind = "kernel";
  return { kind, family: "product", readsExpressions: false, domain };
}

/** Sums of products: matrix products and convolutions share their kernels. */
export const contraction: Pick<
  LoweringTable,
  keyof typeof FAMILIES.contraction
> = {
  matmul: product("matrices"),
  conv2d: product("images"),
  conv2d_dx: product("images"),
  conv2d_dw: product("filters"),
};
