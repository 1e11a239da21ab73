import {
  hasTrait,
  isOp,
  type Program,
  type Tensor,
} from "../../../tensor/mod.ts";
import { hasKernels, loweringOf, type PlanGraph, viewed } from "./graph.ts";

/**
 * The tensors that may be kept as f16 between kernels: matrices of f32 that
 * kernels compute. What sums end in stays f32, and so does what is one
 * elementwise step away from an output, a state or a random draw: losses,
 * solvers, points on the sphere. A program that trains keeps all in f32, as
 * gradients are smaller than f16 can tell from zero.
 */
export function halfTensors(graph: PlanGraph, program: Program): Set<Tensor> {
  if (trains(graph, program)) return new Set();
  const exact = new Set([...besideRoots(graph), ...besideDraws(graph)]);
  return new Set(
    graph.order.filter((node) =>
      isMatrix(node) && !exact.has(node) && !isSum(node)
    ),
  );
}

/** Whether a tensor is large enough that halving it pays: vectors are not. */
function isMatrix({ dtype, shape }: Tensor): boolean {
  return dtype === "f32" && shape.length >= 2;
}

/** States of keys and values that attention reads, which may be kept as f16. */
export function cachesIn(graph: PlanGraph): Set<Tensor> {
  const caches = new Set<Tensor>();
  for (const node of graph.order) {
    if (!isOp(node, "cached_attention")) continue;
    const [, , , keys, values] = node.inputs;
    for (const cache of [keys!, values!]) {
      if (isOp(cache, "input") && cache.dtype === "f32") caches.add(cache);
    }
  }
  return caches;
}

/** Whether a program changes weights: states that it multiplies by. */
function trains({ order }: PlanGraph, { state }: Program): boolean {
  const changed = new Set<Tensor>(
    Object.values(state).filter(({ next }) => next !== undefined)
      .map(({ value }) => value),
  );
  return order.some((node) =>
    hasTrait(node, "contraction") && changed.has(viewed(node.inputs[1]!))
  );
}

/** Results of reductions and scattered sums. */
function isSum(node: Tensor): boolean {
  if (hasTrait(node, "leaf")) return false;
  const lowering = loweringOf(node);
  return lowering.kind === "kernel" &&
    (lowering.family === "reduce" || lowering.family === "scatter");
}

/** What outputs and next states are computed from, kernels aside. */
function besideRoots({ roots, order }: PlanGraph): Set<Tensor> {
  const found = new Set(roots);
  for (const node of order.toReversed()) {
    const passes = found.has(node) && !hasTrait(node, "leaf") &&
      !hasKernels(node);
    if (passes) node.inputs.forEach((input) => found.add(input));
  }
  return found;
}

/** What is computed from random draws, kernels aside. */
function besideDraws({ order }: PlanGraph): Set<Tensor> {
  const found = new Set<Tensor>();
  for (const node of order) {
    if (hasTrait(node, "leaf") || hasKernels(node)) continue;
    const isDrawn = hasTrait(node, "random") ||
      node.inputs.some((input) => found.has(input));
    if (isDrawn) found.add(node);
  }
  return found;
}
