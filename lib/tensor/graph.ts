import { apply } from "./apply.ts";
import { expandNode } from "./expand.ts";
import { type Node, scoped, type Tensor } from "./node.ts";
import type { CompositeName } from "./op_attributes.ts";
import { hasTrait, ruleOf } from "./ops/mod.ts";
import { sameShape } from "./shape.ts";

/**
 * All nodes that the outputs need, inputs before users.
 *
 * @param known nodes to leave out, with all that only they need
 */
export function topologicalOrder(
  outputs: readonly Tensor[],
  known: { has(node: Tensor): boolean } = new Set(),
): Tensor[] {
  const seen = new Set(outputs.filter((output) => !known.has(output)));
  const stack = [...seen];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    for (const input of node.inputs) {
      if (seen.has(input) || known.has(input)) continue;
      seen.add(input);
      stack.push(input);
    }
  }
  // Inputs are made before their users, so creation order is topological.
  return [...seen].sort((a, b) => a.id - b.id);
}

/** Whether a node is a composite; narrows its type. */
export function isComposite(node: Tensor): node is Node<CompositeName> {
  return hasTrait(node, "composite");
}

/** The op of a node on other inputs, in the node's scope. */
function appliedLike(
  { op, attributes, scope }: Tensor,
  inputs: readonly Tensor[],
): Tensor {
  return scoped(scope, () => apply(op, inputs, attributes));
}

/**
 * Expands every composite for which `keep` is false, also inside expansions.
 *
 * @returns the outputs in the same order
 */
export function expandComposites(
  outputs: readonly Tensor[],
  keep: (node: Node<CompositeName>) => boolean,
): Tensor[] {
  const rewritten = new Map<Tensor, Tensor>();
  const rewrite = (root: Tensor): Tensor => {
    for (const node of topologicalOrder([root], rewritten)) {
      const result = rewriteNode(node);
      rewritten.set(node, result);
      // Later expansions start from it: there is nothing to do behind it.
      rewritten.set(result, result);
    }
    return rewritten.get(root)!;
  };
  const rewriteNode = (node: Tensor): Tensor => {
    const inputs = node.inputs.map((input) => rewritten.get(input)!);
    const same = inputs.every((input, i) => input === node.inputs[i]);
    const moved = same ? node : appliedLike(node, inputs);
    if (!isComposite(moved) || keep(moved)) return moved;
    return rewrite(scoped(node.scope, () => expandNode(moved)));
  };
  return outputs.map(rewrite);
}

/**
 * The same outputs over other tensors.
 *
 * @param replacements what stands in the place of some nodes
 */
export function substitute(
  outputs: readonly Tensor[],
  replacements: ReadonlyMap<Tensor, Tensor>,
): Tensor[] {
  const rewritten = new Map(replacements);
  for (const node of topologicalOrder(outputs, replacements)) {
    const inputs = node.inputs.map((input) => rewritten.get(input)!);
    const same = inputs.every((input, i) => input === node.inputs[i]);
    rewritten.set(node, same ? node : appliedLike(node, inputs));
  }
  return outputs.map((output) => rewritten.get(output)!);
}

/**
 * Reruns every shape rule and checks the order of creation.
 *
 * @throws {Error} when a pass has left a graph that breaks them
 */
export function verifyGraph(outputs: readonly Tensor[]): void {
  for (const node of topologicalOrder(outputs)) {
    const type = ruleOf(node).type(node.inputs, node.attributes);
    if (!sameShape(type.shape, node.shape) || type.dtype !== node.dtype) {
      throw new Error(
        `internal: node ${node.id} (${node.op}) is ${node.dtype} ` +
          `[${node.shape}], its rule says ${type.dtype} [${type.shape}]`,
      );
    }
    const later = node.inputs.find((input) => input.id >= node.id);
    if (later !== undefined) {
      throw new Error(
        `internal: node ${node.id} (${node.op}) is older than its input ${later.id}`,
      );
    }
  }
}
