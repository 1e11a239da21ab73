import type { Tensor } from "../../../tensor/mod.ts";
import { sharesAttention } from "./attention_sharing.ts";

/** Whether one kernel can compute both tensors from an operand that it reads once. */
export function sharesKernel(a: Tensor, b: Tensor): boolean {
  return sharesAttention(a, b);
}
