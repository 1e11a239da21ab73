import {
  isOp,
  type Node,
  type OpName,
  type Tensor,
} from "../../../tensor/mod.ts";
import type { Lower } from "../lowering.ts";
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
  offsetChannels,
} from "./group_norm.ts";
import {
  type ChannelSum,
  channelSum,
  elementwise,
  type Layout,
  type LayoutRule,
  likeInput,
  ofAdd,
  ofConcat,
  ofConvolution,
  ofFilterGradient,
  ofImageGradient,
  ofImages,
  ofOthers,
  ofPermute,
  ofSum,
} from "./layout.ts";
import { blocksToChannelsLast, poolBlocks } from "./operators.ts";
import type { BlockedTensors } from "./tensors.ts";

/** How a node becomes operators on blocks. */
export type BlockedLower<K extends OpName> = (
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
  const { lowering, layouts } = tensors;
  const byChannel = channelSum(node, (x) => layouts.get(x) === "blocked");
  if (byChannel !== null) return addToChannels(byChannel, tensors);
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

/** A bias, in the convolution that it follows where it can. */
function addToChannels(
  { images, vector }: ChannelSum,
  tensors: BlockedTensors,
): OnnxValue {
  const { lowering } = tensors;
  const bias = lowering.reshape(lowering.value(vector), [images.shape[1]!]);
  return isOp(images, "conv2d") && lowering.uses(images) === 1
    ? blockedConvolution(images, tensors, { bias })
    : offsetChannels(images, bias, tensors);
}

/** A ReLU, in the convolution that it follows where it can. */
function blockedLeakyRelu(
  node: Node<"leaky_relu">,
  tensors: BlockedTensors,
): OnnxValue {
  const { lowering, layouts } = tensors;
  const sum = node.inputs[0]!;
  const alone = (x: Tensor) =>
    lowering.uses(x) === 1 && layouts.get(x) === "blocked";
  if (node.attributes.slope === 0 && isOp(sum, "add") && alone(sum)) {
    const byChannel = channelSum(sum, (x) => layouts.get(x) === "blocked");
    const product = byChannel?.images;
    if (product !== undefined && isOp(product, "conv2d") && alone(product)) {
      const vector = lowering.value(byChannel!.vector);
      const bias = lowering.reshape(vector, [product.shape[1]!]);
      const options = { bias, rectified: true };
      return blockedConvolution(product, tensors, options);
    }
  }
  return asElsewhere(node, tensors);
}

/** A pool: one operator on blocks too. */
function blockedPool(
  operator: "MaxPool" | "AveragePool",
  { inputs: [x], shape, attributes }: Node<"max_pool" | "average_pool">,
  tensors: BlockedTensors,
): OnnxValue {
  const value = tensors.value(x!);
  return poolBlocks(operator, { value, shape, attributes }, tensors.lowering);
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
    return blockedConvolution(product, tensors, { addend: addend() });
  }
  return isOp(product, "conv2d_dx")
    ? blockedImageGradient(product, tensors, addend())
    : null;
}

/** What blocks mean to an op. */
export interface BlockedRow<K extends OpName> {
  readonly layout: LayoutRule<K>;
  /** On blocks, where that is not as elsewhere with blocked operands. */
  readonly lower?: BlockedLower<K>;
}

/**
 * The ops that blocks mean something to; the other elementwise ones stay in
 * blocks too, and all others leave them.
 */
const ROWS: { readonly [K in OpName]?: BlockedRow<K> } = {
  conv2d: {
    layout: ofConvolution,
    lower: (node, tensors) =>
      tensors.layouts.get(node) === "border"
        ? narrowConvolution(node, tensors)
        : blockedConvolution(node, tensors),
  },
  conv2d_dx: {
    layout: ofImageGradient,
    lower: (node, tensors) => blockedImageGradient(node, tensors),
  },
  conv2d_dw: { layout: ofFilterGradient, lower: blockedFilterGradient },
  group_norm: { layout: ofImages, lower: blockedGroupNorm },
  group_norm_dx: {
    layout: ofImages,
    lower: (node, tensors) => blockedGroupNormGradient(node, tensors),
  },
  silu: { layout: likeInput },
  leaky_relu: { layout: likeInput, lower: blockedLeakyRelu },
  leaky_relu_dx: { layout: elementwise },
  max_pool: {
    layout: likeInput,
    lower: (node, tensors) => blockedPool("MaxPool", node, tensors),
  },
  average_pool: {
    layout: likeInput,
    lower: (node, tensors) => blockedPool("AveragePool", node, tensors),
  },
  concat: { layout: ofConcat },
  reduce_sum: { layout: ofSum, lower: blockedSum },
  permute: {
    layout: ofPermute,
    lower: ({ inputs: [x] }, tensors) =>
      blocksToChannelsLast(tensors.value(x!), tensors.lowering),
  },
  stop_gradient: { layout: likeInput },
  fence: { layout: likeInput },
  add: { layout: ofAdd, lower: blockedAdd },
};

function rowOf<K extends OpName>({ op }: Node<K>): BlockedRow<K> | undefined {
  return ROWS[op];
}

/**
 * Decides how every node is lowered: convolutions and group norms start blocks,
 * and what acts on each element of a blocked value stays blocked.
 *
 * @param order inputs before users
 */
export function assignLayouts(
  order: readonly Tensor[],
  block: number,
): ReadonlyMap<Tensor, Layout> {
  const layouts = new Map<Tensor, Layout>();
  for (const node of order) {
    const rule = rowOf(node)?.layout ?? ofOthers;
    layouts.set(node, rule(node, { block, layouts }));
  }
  return layouts;
}

/** Lowers a node whose operands may be blocked. */
export function lowerOnBlocks(
  node: Tensor,
  tensors: BlockedTensors,
): OnnxValue {
  return (rowOf(node)?.lower ?? asElsewhere)(node, tensors);
}
