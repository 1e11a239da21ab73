import type { Node, Tensor } from "../../../tensor/mod.ts";
import type { OnnxValue } from "../model.ts";
import { padsBehind } from "./layout.ts";
import { padZeros } from "./padding.ts";
import {
  convolveBlocks,
  fromBlocks,
  permuteRows,
  toBlocks,
} from "./operators.ts";
import type { BlockedTensors } from "./tensors.ts";

type Four = readonly [number, number, number, number];

/** Images as the lanes of a blocked convolution. */
interface Lanes {
  /** [P, B, H, W c]: c channels beside each other in a row, P parts of them. */
  readonly value: OnnxValue;
  /** Channels in a row, c. */
  readonly width: number;
}

/** Images to be filters: channels filled up to a block, blocked. */
function filledBlocks(x: Tensor, tensors: BlockedTensors): OnnxValue {
  const { lowering, block } = tensors;
  const value = tensors.value(x);
  const channels = x.shape[1]!;
  if (channels >= block) return value;
  return lowering.once(`filled ${value.name}`, () => {
    const before = [0, 0, 0, 0];
    const behind = before.with(1, block - channels);
    const filled = padZeros(value, { before, behind }, lowering);
    return toBlocks(filled, lowering);
  });
}

/** Images across lanes, with zeros on the left and right. */
function acrossLanes(
  x: Tensor,
  [left, right]: readonly [number, number],
  tensors: BlockedTensors,
): Lanes {
  const { lowering, block } = tensors;
  const [images, channels, height, columns] = x.shape as Four;
  const width = channels < block ? 1 : block;
  const [groups, parts] = [images / block, channels / width];
  const value = tensors.value(x);
  const rows = [1, images, parts * height, columns * width];
  const lanes = toBlocks(lowering.reshape(value, rows), lowering);
  const row = columns * width * block;
  let moved = lowering.reshape(lanes, [groups, parts, height * row]);
  if (groups > 1 && parts > 1) moved = lowering.transpose(moved, [1, 0, 2]);
  const flat = lowering.reshape(moved, [parts * images / block * height, row]);
  const sides = [left, right].map((size) => [0, size * width * block]);
  const [before, behind] = sides as [number[], number[]];
  const padded = padZeros(flat, { before, behind }, lowering);
  const padding = (left + right) * width;
  const shape = [parts, images, height, columns * width + padding];
  return { value: lowering.reshape(padded, shape), width };
}

/** dy [B, O, H, W] as filters [groups O, B / groups, H, W]. */
function asFilters(
  dy: Tensor,
  groups: number,
  tensors: BlockedTensors,
): OnnxValue {
  const { lowering, block } = tensors;
  const filled = filledBlocks(dy, tensors);
  const [images, outputs, height, width] = filled.shape as Four;
  const pixels = height * width;
  const batches = images / block;
  const sizes = [batches, block, outputs / block, pixels];
  const count = images * outputs / block * pixels;
  const rows = lowering.reshape(filled, [count, block]);
  const order = groups === 1 ? [2, 0, 3, 1] : [0, 2, 3, 1];
  const moved = permuteRows(rows, { sizes, order }, lowering);
  const shape = [groups * outputs, images / groups, height, width];
  return lowering.reshape(moved, shape);
}

/**
 * Filter gradient as one convolution whose channels are images: dw of a tap and
 * an input channel is the product of dy with x moved by the tap, over all
 * images and pixels. So dy is the filter, as large as its images, and the
 * output's positions are the taps times the channels that lie in a row.
 */
export function blockedFilterGradient(
  node: Node<"conv2d_dw">,
  tensors: BlockedTensors,
): OnnxValue {
  const { lowering, block } = tensors;
  const [x, dy] = node.inputs as readonly [Tensor, Tensor];
  const { stride, padding } = node.attributes;
  const [below, right] = padsBehind(node) as [number, number];
  const lanes = acrossLanes(x, [padding[1], right], tensors);
  const parts = lanes.value.shape[0]!;
  // A single part alone would leave threads idle.
  const groups = parts === 1 ? x.shape[0]! / block : 1;
  const filters = asFilters(dy, groups, tensors);
  const products = convolveBlocks([lanes.value, filters], {
    dilations: [stride[0], stride[1] * lanes.width],
    pads: [padding[0], 0, below, 0],
    group: groups,
    lowering,
  });
  const summed = sumGroups(products, groups, tensors);
  return asWeights(summed, { node, width: lanes.width, tensors });
}

function sumGroups(
  x: OnnxValue,
  groups: number,
  { lowering }: BlockedTensors,
): OnnxValue {
  if (groups === 1) return x;
  const [parts, all, height, width] = x.shape as Four;
  const { builder } = lowering;
  const size = all / groups * height * width;
  const rows = lowering.reshape(x, [groups, parts * size]);
  const sum = builder.emit("ReduceSum", [rows, builder.ints([0])], {
    type: x.type,
    shape: [parts * size],
    attributes: { keepdims: { int: 0 } },
  });
  return lowering.reshape(sum, [parts, all / groups, height, width]);
}

/** Products [P, O, KH, KW c], blocked, as filters [O, P c, KH, KW], plain. */
function asWeights(
  x: OnnxValue,
  { node, width, tensors }: {
    node: Node<"conv2d_dw">;
    width: number;
    tensors: BlockedTensors;
  },
): OnnxValue {
  const { lowering, block } = tensors;
  const [parts, outputs, height, row] = x.shape as Four;
  const taps = height * row / width;
  const sizes = [parts, outputs / block, taps, width];
  const rows = lowering.reshape(x, [
    parts * outputs / block * height * row,
    block,
  ]);
  const moved = permuteRows(rows, { sizes, order: [1, 0, 3, 2] }, lowering);
  const inputs = parts * width;
  const lanes = lowering.reshape(moved, [1, outputs, inputs, taps]);
  const given = node.shape[0]!;
  return lowering.reshape(fromBlocks(lanes, given, lowering), node.shape);
}
