import { isOp, type Node, type Tensor } from "../../../tensor/mod.ts";
import type { OnnxValue } from "../model.ts";
import { backwardFilters, forwardFilters } from "./filters.ts";
import {
  type BlockedConvolution,
  convolveBlocks,
  fromBlocks,
  gatherRows,
} from "./operators.ts";
import { type AxisPhases, axisPhases } from "./phases.ts";
import type { BlockedTensors } from "./tensors.ts";

type Four = readonly [number, number, number, number];

/** conv2d from blocked images, or plain ones of few channels. */
export function blockedConvolution(
  { inputs: [x, w], attributes: { stride, padding } }: Node<"conv2d">,
  tensors: BlockedTensors,
  options: Pick<BlockedConvolution, "bias" | "addend" | "rectified"> = {},
): OnnxValue {
  const { lowering } = tensors;
  const filters = forwardFilters(lowering.value(w!), tensors);
  return convolveBlocks([tensors.value(x!), filters], {
    strides: stride,
    pads: [...padding, ...padding],
    ...options,
    lowering,
  });
}

/** conv2d to fewer channels than a block: a plain value. */
export function narrowConvolution(
  node: Node<"conv2d">,
  tensors: BlockedTensors,
): OnnxValue {
  const y = blockedConvolution(node, tensors);
  return fromBlocks(y, node.shape[1]!, tensors.lowering);
}

/** Whether a convolution's output takes an addend: it is not rearranged. */
export function takesAddend(node: Tensor): boolean {
  if (isOp(node, "conv2d")) return true;
  return isOp(node, "conv2d_dx") &&
    node.attributes.stride.every((step) => step === 1);
}

/**
 * Input gradient, or transposed convolution: every residue of the position by
 * the stride (its phase) is a convolution of dy. All phases are the outputs of
 * one convolution; a gather puts them in their places.
 */
export function blockedImageGradient(
  node: Node<"conv2d_dx">,
  tensors: BlockedTensors,
  addend?: OnnxValue,
): OnnxValue {
  const { lowering } = tensors;
  const [dy, w] = node.inputs as readonly [Tensor, Tensor];
  const { stride, padding, size } = node.attributes;
  const [down, across] = [0, 1].map((i) =>
    axisPhases({
      stride: stride[i]!,
      padding: padding[i]!,
      kernel: w.shape[i + 2]!,
      size: size[i]!,
      given: dy.shape[i + 2]!,
    })
  ) as [AxisPhases, AxisPhases];
  const filters = backwardFilters(lowering.value(w), [down, across], tensors);
  const y = convolveBlocks([tensors.value(dy), filters], {
    pads: [down.before, across.before, down.behind, across.behind],
    addend,
    lowering,
  });
  if (y.shape.join() === node.shape.join()) return y;
  return interleave(y, { node, phases: [down, across], tensors });
}

/** Phases [B, phases C, R, S] in their places: [B, C, H, W]. */
function interleave(
  y: OnnxValue,
  { node, phases: [down, across], tensors }: {
    node: Node<"conv2d_dx">;
    phases: readonly [AxisPhases, AxisPhases];
    tensors: BlockedTensors;
  },
): OnnxValue {
  const { lowering, block } = tensors;
  const [images, all, rows, columns] = y.shape as Four;
  const [, channels, height, width] = node.shape as Four;
  const [vertical, horizontal] = [down.shifts.length, across.shifts.length];
  const blocks = channels / block;
  const place = (c: number, i: number, j: number): number => {
    const [a, b] = [i % vertical, j % horizontal];
    const row = (i - a) / vertical + down.shifts[a]!;
    const column = (j - b) / horizontal + across.shifts[b]!;
    const image = (a * horizontal + b) * blocks + c;
    return (image * rows + row) * columns + column;
  };
  const order = () =>
    Int32Array.from({ length: blocks * height * width }, (_, at) => {
      const [c, pixel] = divide(at, height * width);
      return place(c, ...divide(pixel, width));
    });
  const parts = [images, all / block * rows * columns, block];
  const key =
    `interleave ${y.shape} ${node.shape} ${down.shifts} ${across.shifts}`;
  const flat = lowering.reshape(y, parts);
  const gathered = gatherRows(flat, { key, rows: order }, lowering);
  return lowering.reshape(gathered, node.shape);
}

function divide(value: number, by: number): [number, number] {
  return [Math.floor(value / by), value % by];
}
