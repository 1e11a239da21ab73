import type { Tensor } from "../../../tensor/mod.ts";

/** Whether one kernel can compute both tensors from an operand that it reads once. */
export function sharesKernel(_a: Tensor, _b: Tensor): boolean {
  return false;
}
