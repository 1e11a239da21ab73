import type { Node, Tensor } from "../../../tensor/mod.ts";
import type { OnnxValue } from "../model.ts";
import { padsBehind, type Strips, stripsOf } from "./strips.ts";
import { padZeros } from "./padding.ts";
import {
  convolveBlocks,
  fromBlocks,
  gatherRows,
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

/** Overlapping strips of rows [B P, H, R], padded: [B strips P, h, R]. */
function cutStrips(
  rows: OnnxValue,
  { images, strips: { count, step, height }, padding: [top, bottom] }: {
    images: number;
    strips: Strips;
    padding: readonly [number, number];
  },
  { lowering }: BlockedTensors,
): OnnxValue {
  const around = { before: [0, top, 0], behind: [0, bottom, 0] };
  const padded = padZeros(rows, around, lowering);
  const [all, given, row] = padded.shape as readonly [number, number, number];
  const parts = all / images;
  const order = () => {
    const list: number[] = [];
    for (let lane = 0; lane < images * count; lane++) {
      const [image, strip] = [Math.floor(lane / count), lane % count];
      for (let part = 0; part < parts; part++) {
        const first = (image * parts + part) * given + strip * step;
        for (let i = 0; i < height; i++) list.push(first + i);
      }
    }
    return Int32Array.from(list);
  };
  const key = `strips ${padded.shape} ${images} ${count} ${step} ${height}`;
  const flat = lowering.reshape(padded, [all * given, row]);
  const cut = gatherRows(flat, { key, rows: order }, lowering);
  return lowering.reshape(cut, [images * count * parts, height, row]);
}

/** Rows [N P, H, R] with the images N as lanes: [P, N, H, R] in blocks. */
function rowsAcrossLanes(
  rows: OnnxValue,
  parts: number,
  { lowering, block }: BlockedTensors,
): OnnxValue {
  const [all, height, row] = rows.shape as readonly [number, number, number];
  const images = all / parts;
  const groups = images / block;
  const flat = lowering.reshape(rows, [1, images, parts * height, row]);
  const shape = [groups, parts, height * row * block];
  const lanes = lowering.reshape(toBlocks(flat, lowering), shape);
  const moved = groups > 1 && parts > 1
    ? lowering.transpose(lanes, [1, 0, 2])
    : lanes;
  return lowering.reshape(moved, [parts, images, height, row]);
}

/** Images, or strips of them, across lanes, with zeros on the left and right. */
function acrossLanes(
  node: Node<"conv2d_dw">,
  strips: Strips,
  tensors: BlockedTensors,
): Lanes {
  const { lowering, block } = tensors;
  const { inputs: [x], attributes: { padding } } = node;
  const [images, channels, height, columns] = x!.shape as Four;
  const [below, right] = padsBehind(node) as [number, number];
  const width = channels < block ? 1 : block;
  const parts = channels / width;
  const shape = [images * parts, height, columns * width];
  const whole = lowering.reshape(tensors.value(x!), shape);
  // The convolution itself pads the rows of whole images.
  const rows = strips.count === 1 ? whole : cutStrips(whole, {
    images,
    strips,
    padding: [padding[0], below],
  }, tensors);
  const lanes = rowsAcrossLanes(rows, parts, tensors);
  const [, all, lines, row] = lanes.shape as Four;
  const sides = [padding[1], right].map((size) => [0, size * width * block]);
  const [before, behind] = sides as [number[], number[]];
  const flat = [parts * all / block * lines, row * block];
  const long = lowering.reshape(lanes, flat);
  const padded = padZeros(long, { before, behind }, lowering);
  const length = row + (padding[1] + right) * width;
  const value = lowering.reshape(padded, [parts, all, lines, length]);
  return { value, width };
}

/** dy [B, O, H, W] as filters [groups O, B strips / groups, H / strips, W]. */
function asFilters(
  dy: Tensor,
  { groups, strips }: { groups: number; strips: number },
  tensors: BlockedTensors,
): OnnxValue {
  const { lowering, block } = tensors;
  const filled = filledBlocks(dy, tensors);
  const [images, outputs, height, width] = filled.shape as Four;
  const together = block / strips;
  const sizes = [
    images / together,
    together,
    outputs / block,
    strips,
    height / strips * width,
  ];
  const count = images * outputs / block * height * width;
  const rows = lowering.reshape(filled, [count, block]);
  const order = groups === 1 ? [2, 0, 4, 1, 3] : [0, 2, 4, 1, 3];
  const moved = permuteRows(rows, { sizes, order }, lowering);
  return lowering.reshape(moved, [
    groups * outputs,
    images * strips / groups,
    height / strips,
    width,
  ]);
}

/**
 * Filter gradient as one convolution whose channels are images: dw of a tap and
 * an input channel is the product of dy with x moved by the tap, over all
 * images and pixels. So dy is the filter, as large as its images, and the
 * output's positions are the taps times the channels that lie in a row. Where
 * there are few images, strips of them take their place.
 */
export function blockedFilterGradient(
  node: Node<"conv2d_dw">,
  tensors: BlockedTensors,
): OnnxValue {
  const { lowering, block } = tensors;
  const { stride, padding } = node.attributes;
  const strips = stripsOf(node, block)!;
  const lanes = acrossLanes(node, strips, tensors);
  const [parts, all] = lanes.value.shape as Four;
  // A single part alone would leave threads idle.
  const groups = parts === 1 ? all / block : 1;
  const dy = node.inputs[1]!;
  const filters = asFilters(dy, { groups, strips: strips.count }, tensors);
  const below = padsBehind(node)[0]!;
  const products = convolveBlocks([lanes.value, filters], {
    dilations: [stride[0], stride[1] * lanes.width],
    pads: strips.count === 1 ? [padding[0], 0, below, 0] : [0, 0, 0, 0],
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
