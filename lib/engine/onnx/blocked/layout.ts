import {
  hasTrait,
  isOp,
  type Node,
  type OpName,
  sizeOf,
  type Tensor,
} from "../../../tensor/mod.ts";
import { padsBehind, stripsOf } from "./strips.ts";

/**
 * How a node is lowered. "blocked": its value lies in blocks of channels.
 * "border": it reads blocked values, its own is plain. "plain": neither.
 */
export type Layout = "blocked" | "border" | "plain";

/** What a layout rule knows. */
export interface LayoutContext {
  /** Channels in a block: what the CPU's vectors hold. */
  readonly block: number;
  /** Layouts of the nodes before. */
  readonly layouts: ReadonlyMap<Tensor, Layout>;
}

/** Decides how a node of an op is lowered. */
export type LayoutRule<K extends OpName> = (
  node: Node<K>,
  context: LayoutContext,
) => Layout;

/** Axes of [B, C, H, W] as [B, H, W, C], and back. */
const CHANNELS_LAST = [0, 2, 3, 1].join();
const CHANNELS_FIRST = [0, 3, 1, 2].join();

/** Whether a tensor is a batch of images whose channels fill blocks. */
export function fillsBlocks({ shape, dtype }: Tensor, block: number): boolean {
  return shape.length === 4 && dtype === "f32" && shape[1]! % block === 0 &&
    sizeOf(shape) > 0;
}

/** Whether an image's channels fill blocks, or are so few that none is needed. */
function convolvable(channels: number, block: number): boolean {
  return channels % block === 0 || channels < block;
}

function isBlocked(x: Tensor, { layouts }: LayoutContext): boolean {
  return layouts.get(x) === "blocked";
}

/** Whether images come with the channels last, so that blocks are one copy away. */
export function isChannelsFirst(x: Tensor): x is Node<"permute"> {
  return isOp(x, "permute") && x.attributes.order.join() === CHANNELS_FIRST;
}

/** Whether `axes` of [B, C, H, W] are all but the channels, or the pixels alone. */
function leavesChannels(axes: readonly number[], kept: boolean): boolean {
  const sorted = axes.map((axis) => axis < 0 ? axis + 4 : axis).sort();
  return !kept && (sorted.join() === "0,2,3" || sorted.join() === "2,3");
}

/** As what it reads. */
export function likeInput(node: Tensor, context: LayoutContext): Layout {
  return isBlocked(node.inputs[0]!, context) ? "blocked" : "plain";
}

/** Blocked wherever channels fill blocks. */
export function ofImages(node: Tensor, { block }: LayoutContext): Layout {
  return fillsBlocks(node, block) ? "blocked" : "plain";
}

/** Images, and a number for each of their channels. */
export interface ChannelSum {
  readonly images: Tensor;
  readonly vector: Tensor;
}

/** The images and the vector, where a sum adds a number to each channel of blocked images. */
export function channelSum(
  node: Node<"add">,
  isBlocked: (x: Tensor) => boolean,
): ChannelSum | null {
  const channels = node.shape[1];
  for (const [i, images] of node.inputs.entries()) {
    const vector = node.inputs[1 - i]!;
    const fits = isBlocked(images) && images.shape.join() === node.shape.join();
    const byChannel = vector.shape.at(-3) === channels &&
      sizeOf(vector.shape) === channels;
    if (fits && byChannel) return { images, vector };
  }
  return null;
}

/** A number for each channel is added in blocks too. */
export function ofAdd(node: Node<"add">, context: LayoutContext): Layout {
  const isSum = channelSum(node, (x) => isBlocked(x, context)) !== null;
  return isSum ? "blocked" : elementwise(node, context);
}

/** Blocks beside each other are blocks, where all parts are. */
export function ofConcat(
  { inputs, attributes: { axis } }: Node<"concat">,
  context: LayoutContext,
): Layout {
  const joins = axis === 1 && inputs.every((x) => isBlocked(x, context));
  return joins ? "blocked" : "plain";
}

/** All operands are of the node's shape, or single elements. */
export function elementwise(node: Tensor, context: LayoutContext): Layout {
  const { block } = context;
  const fits = (x: Tensor): boolean =>
    sizeOf(x.shape) === 1 ||
    x.dtype === "f32" && x.shape.join() === node.shape.join() &&
      (!isOp(x, "broadcast") || sizeOf(x.inputs[0]!.shape) === 1);
  const some = node.inputs.some((x) => isBlocked(x, context));
  const all = fillsBlocks(node, block) && node.inputs.every(fits);
  return some && all ? "blocked" : "plain";
}

/** Convolutions start blocks, also from plain images of few channels. */
export function ofConvolution(
  { inputs: [x, w], shape, dtype }: Node<"conv2d">,
  context: LayoutContext,
): Layout {
  const { block } = context;
  const [outputs, inputs] = w!.shape as readonly [number, number];
  if (dtype !== "f32" || sizeOf(shape) === 0) return "plain";
  if (outputs % block === 0 && convolvable(inputs, block)) return "blocked";
  return outputs < block && isBlocked(x!, context) ? "border" : "plain";
}

/** So do their gradients by images. */
export function ofImageGradient(
  node: Node<"conv2d_dx">,
  { block }: LayoutContext,
): Layout {
  const { stride, padding } = node.attributes;
  const [outputs, , ...kernel] = node.inputs[1]!.shape;
  const inside = kernel.every((size, i) => padding[i]! < size);
  const fits = fillsBlocks(node, block) && convolvable(outputs!, block) &&
    inside && stride.every((step) => step >= 1) &&
    sizeOf(node.inputs[0]!.shape) > 0;
  return fits ? "blocked" : "plain";
}

/** Those by filters are plain, and read blocks. */
export function ofFilterGradient(
  node: Node<"conv2d_dw">,
  { block }: LayoutContext,
): Layout {
  const [x, dy] = node.inputs as readonly [Tensor, Tensor];
  const [inputs, outputs] = [x.shape[1]!, dy.shape[1]!];
  const fits = x.dtype === "f32" && sizeOf(dy.shape) > 0 &&
    convolvable(inputs, block) && convolvable(outputs, block) &&
    padsBehind(node).every((size) => size >= 0) &&
    stripsOf(node, block) !== null;
  return fits ? "border" : "plain";
}

/** Sums over pixels read blocks. */
export function ofSum(
  { inputs: [x], attributes: { axes, keepDims } }: Node<"reduce_sum">,
  context: LayoutContext,
): Layout {
  const sums = x!.shape.length === 4 && leavesChannels(axes, keepDims);
  return sums && isBlocked(x!, context) ? "border" : "plain";
}

/** Blocks become images with the channels last in one copy. */
export function ofPermute(
  { inputs: [x], attributes: { order } }: Node<"permute">,
  context: LayoutContext,
): Layout {
  return order.join() === CHANNELS_LAST && isBlocked(x!, context)
    ? "border"
    : "plain";
}

/** Elementwise arithmetic stays in blocks; what no rule is given for leaves them. */
export function ofOthers(node: Tensor, context: LayoutContext): Layout {
  const floats = hasTrait(node, "elementwise") && node.dtype === "f32";
  return floats ? elementwise(node, context) : "plain";
}
