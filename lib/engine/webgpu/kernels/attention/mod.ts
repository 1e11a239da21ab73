/**
 * Attention without its matrix of scores in memory, forward and backward, and
 * over a cache.
 *
 * @module
 */
import type { CompositeName, Node } from "../../../../tensor/mod.ts";
import type { Group } from "../../plan/group.ts";
import type { Kernel } from "../code.ts";
import type { KernelContext } from "../context.ts";
import { cachedKernels } from "./cached.ts";
import { forwardKernel } from "./forward.ts";
import { keyGradientKernels } from "./key_gradient.ts";
import { queryGradientKernels } from "./query_gradient.ts";

type AttentionName = Extract<CompositeName, `${string}attention${string}`>;

const KERNELS: {
  readonly [K in AttentionName]: (
    group: Group,
    context: KernelContext,
  ) => Kernel[];
} = {
  attention: (group, context) => [forwardKernel(group, context)],
  cached_attention: cachedKernels,
  attention_dq: queryGradientKernels,
  attention_dk: keyGradientKernels,
  attention_dv: keyGradientKernels,
};

/** The kernels of attention, of its gradients, or of attention over a cache. */
export function attentionKernels(
  group: Group,
  context: KernelContext,
): Kernel[] {
  const { op } = group.anchors[0] as Node<AttentionName>;
  return KERNELS[op](group, context);
}
