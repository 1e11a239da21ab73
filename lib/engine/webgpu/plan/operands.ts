import { apply, isOp, type Node, type Tensor } from "../../../tensor/mod.ts";

type AttentionGradient = "attention_dq" | "attention_dk" | "attention_dv";

const GRADIENTS: readonly string[] = [
  "attention_dq",
  "attention_dk",
  "attention_dv",
] satisfies readonly AttentionGradient[];

/** Whether a node is one of the three gradients of attention. */
export function isAttentionGradient(
  node: Tensor,
): node is Node<AttentionGradient> {
  return GRADIENTS.includes(node.op);
}

/** The forward node of a gradient of attention. */
export function forwardOf(node: Node<AttentionGradient>): Node<"attention"> {
  return apply("attention", node.inputs.slice(0, 3), node.attributes);
}

/**
 * What the kernels of a node read.
 *
 * Gradients of attention also read its result. Attention over a cache reads the
 * caches with their new rows: where the program stores these as the next state
 * anyway, they are written first and nothing is read twice.
 */
export function operandsOf(node: Tensor): readonly Tensor[] {
  if (isAttentionGradient(node)) return [...node.inputs, forwardOf(node)];
  if (!isOp(node, "cached_attention")) return node.inputs;
  const [q, k, v, keys, values, position] = node.inputs as [
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    Tensor,
  ];
  const updated = (cache: Tensor, rows: Tensor) =>
    apply("update_slice", [cache, rows, position], { axis: 2 });
  return [q, updated(keys, k), updated(values, v), position];
}
