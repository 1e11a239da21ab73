import {
  hasTrait,
  isOp,
  type Node,
  sizeOf,
  type Tensor,
} from "../../../tensor/mod.ts";
import { type KernelLimits, narrowSubgroup } from "../kernels/context.ts";
import { isVirtual } from "../ops/lowering.ts";
import { loweringOf, type PlanGraph } from "./graph.ts";

/** Rows up to which a product is bound by reading its right operand. */
const FEW_ROWS = 16;

/** Sums of one lane at most, over all products of a kernel. */
const MOST_SUMS = 32;

/** Numbers of a row whose statistics every workgroup can afford to compute. */
const LONGEST_NORM = 4096;

/** Tensors that a left operand may read beside what a product binds anyway. */
const MOST_READS = 6;

/**
 * Whether an adapter has kernels of their own for products of few rows. On
 * SwiftShader, whose subgroups have four lanes, those of many rows take half of
 * the time and compile in less than half: they share no memory, of which it
 * clears each word by an instruction of its own.
 */
export function takesFewRows(
  limits: Pick<KernelLimits, "subgroupSize" | "isSoftware">,
): boolean {
  return narrowSubgroup(limits) !== 4;
}

/** Whether a tensor is a product of few rows, whose kernel computes its left operand itself. */
export function isFewRows(node: Tensor): node is Node<"matmul"> {
  if (!isOp(node, "matmul") || node.attributes.transposeA) return false;
  const [rows, columns] = node.shape.slice(-2) as [number, number];
  const terms = node.inputs[0]!.shape.at(-1)!;
  return rows <= FEW_ROWS && sizeOf(node.shape) === rows * columns &&
    terms > 0 && node.dtype === "f32";
}

/** Whether one kernel can compute one more product of few rows, from the left operand that all read. */
export function sharesFewRows(
  anchors: readonly Tensor[],
  tensor: Tensor,
): boolean {
  const [first] = anchors;
  if (first === undefined || !isFewRows(first) || !isFewRows(tensor)) {
    return false;
  }
  return first.inputs[0] === tensor.inputs[0] &&
    first.inputs[1]!.shape.join() === tensor.inputs[1]!.shape.join() &&
    first.shape.join() === tensor.shape.join() &&
    first.attributes.transposeB === tensor.attributes.transposeB &&
    (anchors.length + 1) * tensor.shape.at(-2)! <= MOST_SUMS;
}

/** A norm whose rows a product of few rows can normalise on the way. */
export function isInlineNorm(
  node: Tensor,
): node is Node<"layer_norm" | "rms_norm"> {
  if (!isOp(node, "layer_norm") && !isOp(node, "rms_norm")) return false;
  const size = node.shape.at(-1)!;
  return size <= LONGEST_NORM && sizeOf(node.shape) <= FEW_ROWS * size;
}

/**
 * Everything that products of few rows compute for themselves: what is read by
 * them alone, as left operands, through elementwise ops and views. Of these only
 * what needs a norm, or nothing that a kernel could compute on its way out.
 */
export function computedByFewRows(
  graph: PlanGraph,
  limits: KernelLimits,
): Set<Tensor> {
  const inline = new Set<Tensor>();
  const hasRoom = limits.maxBindings >= 2 * MOST_READS;
  if (!hasRoom || !takesFewRows(limits)) return inline;
  const origins = originsIn(graph);
  for (const node of graph.order.toReversed()) {
    if (origins.get(node) === "kernel") continue;
    if (canInline(node, graph, inline)) inline.add(node);
  }
  return keptShort(graph, inline);
}

/** What the elements of an expression are computed from, in order of what decides. */
type Origin = "norm" | "kernel" | "leaf";

function originsIn(graph: PlanGraph): Map<Tensor, Origin> {
  const origins = new Map<Tensor, Origin>();
  for (const node of graph.order) {
    if (hasTrait(node, "leaf")) origins.set(node, "leaf");
    else if (isInlineNorm(node)) origins.set(node, "norm");
    else if (!isVirtual(loweringOf(node))) origins.set(node, "kernel");
    else {
      const behind = node.inputs
        .filter((input) => sizeOf(input.shape) === sizeOf(node.shape))
        .map((input) => origins.get(input)!);
      const order = ["norm", "kernel", "leaf"] as const;
      origins.set(node, order.find((one) => behind.includes(one)) ?? "leaf");
    }
  }
  return origins;
}

function canInline(
  node: Tensor,
  graph: PlanGraph,
  inline: ReadonlySet<Tensor>,
): boolean {
  if (hasTrait(node, "leaf") || graph.roots.includes(node)) return false;
  const lowering = loweringOf(node);
  if (!isVirtual(lowering) && !isInlineNorm(node)) return false;
  const users = [...graph.users(node)];
  return users.length > 0 &&
    users.every((user) =>
      isFewRows(user)
        ? user.inputs[0] === node && user.inputs[1] !== node
        : inline.has(user) && sizeOf(user.shape) === sizeOf(node.shape)
    );
}

/** Drops expressions that read too much for one kernel, with everything behind them. */
function keptShort(graph: PlanGraph, inline: Set<Tensor>): Set<Tensor> {
  const reads = new Map<Tensor, ReadonlySet<Tensor>>();
  for (const node of graph.order) {
    if (!inline.has(node)) continue;
    const behind = new Set<Tensor>();
    for (const input of node.inputs) {
      const inner = inline.has(input) ? reads.get(input)! : [input];
      inner.forEach((read) => behind.add(read));
    }
    if (behind.size <= MOST_READS) reads.set(node, behind);
    else inline.delete(node);
  }
  // What is read by something stored after all is stored as well.
  for (const node of graph.order.toReversed()) {
    if (inline.has(node) && !canInline(node, graph, inline)) {
      inline.delete(node);
    }
  }
  return inline;
}
