import { apply } from "./apply.ts";
import { topologicalOrder } from "./graph.ts";
import { isOp, type Tensor } from "./node.ts";
import { isFloat } from "./ops/rule.ts";

let enabled = false;

/**
 * Runs `build` so that what {@linkcode recomputable} computes in it is computed
 * again for gradients, instead of being kept for them (Chen et al. 2016).
 */
export function recomputing<T>(build: () => T): T {
  const before = enabled;
  enabled = true;
  try {
    return build();
  } finally {
    enabled = before;
  }
}

/**
 * A part of a model, as a function of what flows through it. Inside of
 * {@linkcode recomputing}, a training step keeps only `x` of it.
 */
export function recomputable(
  x: Tensor,
  build: (x: Tensor) => Tensor,
): Tensor {
  const y = build(x);
  if (!enabled) return y;
  const leaves = topologicalOrder([y], new Set([x]))
    .filter((node) => isOp(node, "input") && isFloat(node.dtype));
  return apply("recomputed", [y, x, ...leaves], {});
}
