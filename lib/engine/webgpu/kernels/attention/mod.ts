/**
 * Attention without its matrix of scores in memory, forward and backward, and
 * over a cache.
 *
 * @module
 */
import type { Group } from "../../plan/group.ts";
import type { Kernel } from "../code.ts";
import type { KernelContext } from "../context.ts";
import { cachedKernels } from "./cached.ts";
import { forwardKernel } from "./forward.ts";
import { keyGradientKernels } from "./key_gradient.ts";
import { queryGradientKernels } from "./query_gradient.ts";

/** The kernels of attention, of its gradients, or of attention over a cache. */
export function attentionKernels(
  group: Group,
  context: KernelContext,
): Kernel[] {
  const { op } = group.anchors[0]!;
  switch (op) {
    case "attention":
      return [forwardKernel(group, context)];
    case "cached_attention":
      return cachedKernels(group, context);
    case "attention_dq":
      return queryGradientKernels(group, context);
    case "attention_dk":
    case "attention_dv":
      return keyGradientKernels(group, context);
    default:
      throw new Error(`internal: ${op} is no attention`);
  }
}
