/**
 * Convolutional networks in onnxruntime's blocked layout: the channels of
 * images in blocks as long as the CPU's vectors, from the first convolution to
 * the last. The operators of `com.microsoft.nchwc` are those that onnxruntime's
 * own optimiser puts in for constant filters; here they serve training as well.
 *
 * @module
 */

import {
  isOp,
  type Node,
  type OpName,
  type Tensor,
} from "../../../tensor/mod.ts";
import type { Lower, Lowering } from "../lowering.ts";
import type { OnnxValue } from "../model.ts";
import { LOWERINGS } from "../ops/mod.ts";
import {
  blockedConvolution,
  blockedImageGradient,
  narrowConvolution,
  takesAddend,
} from "./convolution.ts";
import { blockedFilterGradient } from "./filter_gradient.ts";
import {
  blockedGroupNorm,
  blockedGroupNormGradient,
  blockedSum,
} from "./group_norm.ts";
import { assignLayouts, type BlockedOp } from "./layout.ts";
import { blocksToChannelsLast } from "./operators.ts";
import { BlockedTensors } from "./tensors.ts";

type BlockedLower<K extends OpName> = (
  node: Node<K>,
  tensors: BlockedTensors,
) => OnnxValue;

function asElsewhere(node: Tensor, tensors: BlockedTensors): OnnxValue {
  const lower = LOWERINGS.onnxruntime[node.op] as Lower<OpName>;
  return tensors.lowering.reading(
    (tensor) => tensors.value(tensor),
    () => lower(node, tensors.lowering),
  );
}

/** The sum; in the operator that makes one of the operands where it can. */
function blockedAdd(node: Node<"add">, tensors: BlockedTensors): OnnxValue {
  const { lowering } = tensors;
  const [a, b] = node.inputs as readonly [Tensor, Tensor];
  const pairs = a.id > b.id
    ? [[a, b], [b, a]] as const
    : [[b, a], [a, b]] as const;
  for (const [product, other] of pairs) {
    const alone = lowering.uses(product) === 1 &&
      other.shape.join() === node.shape.join();
    if (!alone) continue;
    const sum = addTo(product, other, tensors);
    if (sum !== null) return sum;
  }
  return lowering.binary("Add", tensors.value(a), tensors.value(b));
}

function addTo(
  product: Tensor,
  other: Tensor,
  tensors: BlockedTensors,
): OnnxValue | null {
  if (tensors.layouts.get(product) !== "blocked") return null;
  const addend = () => tensors.value(other);
  if (isOp(product, "group_norm_dx")) {
    return blockedGroupNormGradient(product, tensors, addend());
  }
  if (!takesAddend(product)) return null;
  if (isOp(product, "conv2d")) {
    return blockedConvolution(product, tensors, addend());
  }
  return isOp(product, "conv2d_dx")
    ? blockedImageGradient(product, tensors, addend())
    : null;
}

const BLOCKED: { readonly [K in BlockedOp]: BlockedLower<K> } = {
  conv2d: (node, tensors) =>
    tensors.layouts.get(node) === "border"
      ? narrowConvolution(node, tensors)
      : blockedConvolution(node, tensors),
  conv2d_dx: (node, tensors) => blockedImageGradient(node, tensors),
  conv2d_dw: blockedFilterGradient,
  group_norm: blockedGroupNorm,
  group_norm_dx: (node, tensors) => blockedGroupNormGradient(node, tensors),
  silu: asElsewhere,
  leaky_relu: asElsewhere,
  leaky_relu_dx: asElsewhere,
  reduce_sum: blockedSum,
  permute: ({ inputs: [x] }, tensors) =>
    blocksToChannelsLast(tensors.value(x!), tensors.lowering),
  stop_gradient: asElsewhere,
  fence: asElsewhere,
  add: blockedAdd,
};

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
    const lower = BLOCKED[node.op as BlockedOp] as
      | BlockedLower<OpName>
      | undefined;
    const value = (lower ?? asElsewhere)(node, tensors);
    if (layout === "blocked") tensors.set(node, value);
    else lowering.set(node, value);
    return true;
  };
}
