import type { FAMILIES } from "../../../tensor/mod.ts";
import { convolution, filterGradient, imageGradient } from "../convolution.ts";
import { lowerMatmul } from "../gemm.ts";
import type { LoweringTable } from "../lowering.ts";

/** Lowerings of the contractions. */
export const contraction: Pick<
  LoweringTable,
  keyof typeof FAMILIES.contraction
> = {
  matmul: lowerMatmul,
  conv2d: convolution,
  conv2d_dx: imageGradient,
  conv2d_dw: filterGradient,
};
