import {
  type Node,
  type PrimitiveName,
  type Tensor,
  topologicalOrder,
} from "../../tensor/mod.ts";
import { REFERENCE } from "./ops/mod.ts";
import type { Evaluate, Value } from "./ops/value.ts";

/**
 * Computes the outputs of a graph of primitives.
 *
 * @param bound values of its inputs
 */
export function evaluate(
  outputs: readonly Tensor[],
  bound: ReadonlyMap<Tensor, Value>,
): Value[] {
  const order = topologicalOrder(outputs);
  const remaining = countUses(order, outputs);
  const values = new Map<Tensor, Value>(bound);
  for (const node of order) {
    if (!values.has(node)) values.set(node, evaluateNode(node, values));
    for (const input of node.inputs) {
      const uses = remaining.get(input)! - 1;
      remaining.set(input, uses);
      // What nothing will read again is dropped, so that memory stays bounded.
      if (uses === 0) values.delete(input);
    }
  }
  return outputs.map((output) => values.get(output)!);
}

function countUses(
  order: readonly Tensor[],
  outputs: readonly Tensor[],
): Map<Tensor, number> {
  const uses = new Map<Tensor, number>();
  const used = [...outputs, ...order.flatMap((node) => node.inputs)];
  for (const node of used) uses.set(node, (uses.get(node) ?? 0) + 1);
  return uses;
}

function evaluateNode(node: Tensor, values: Map<Tensor, Value>): Value {
  const inputs = node.inputs.map((input) => values.get(input)!);
  const compute = REFERENCE[node.op as PrimitiveName] as Evaluate<
    PrimitiveName
  >;
  const data = compute(node as Node<PrimitiveName>, inputs);
  return { dtype: node.dtype, shape: node.shape, data };
}
