import type { Tensor } from "../../../tensor/mod.ts";
import { sharesAttention } from "./attention_sharing.ts";
import { sharesFewRows } from "./few_rows.ts";

/**
 * Whether the kernel of some tensors can compute one more, from an operand that it
 * reads once.
 *
 * @param options.fewRows whether products of few rows have kernels of their own
 */
export function sharesKernel(
  anchors: readonly Tensor[],
  tensor: Tensor,
  { fewRows }: { fewRows: boolean },
): boolean {
  return (fewRows && sharesFewRows(anchors, tensor)) ||
    anchors.some((anchor) => sharesAttention(anchor, tensor));
}
