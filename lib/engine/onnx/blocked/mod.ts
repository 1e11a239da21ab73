/**
 * Convolutional networks in onnxruntime's blocked layout: the channels of
 * images in blocks as long as the CPU's vectors, from the first convolution to
 * the last. The operators of `com.microsoft.nchwc` are those that onnxruntime's
 * own optimiser puts in for constant filters; here they serve training as well.
 *
 * @module
 */
import type { Tensor } from "../../../tensor/mod.ts";
import type { Lowering } from "../lowering.ts";
import { assignLayouts, lowerOnBlocks } from "./ops.ts";
import { BlockedTensors } from "./tensors.ts";

/**
 * Lowers what gains by it in the blocked layout.
 *
 * @param block channels in a block on this CPU
 * @returns a function that lowers a node, or says that it did not
 */
export function lowerBlocked(
  order: readonly Tensor[],
  { block, lowering }: { block: number; lowering: Lowering },
): (node: Tensor) => boolean {
  const layouts = assignLayouts(order, block);
  const tensors = new BlockedTensors(lowering, { block, layouts });
  lowering.elsewhere = (tensor) => tensors.plain(tensor);
  return (node) => {
    const layout = layouts.get(node) ?? "plain";
    if (layout === "plain") return false;
    const value = lowerOnBlocks(node, tensors);
    if (layout === "blocked") tensors.set(node, value);
    else lowering.set(node, value);
    return true;
  };
}
