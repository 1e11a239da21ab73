/**
 * Kernels by family: from a group of tensors to WGSL.
 *
 * @module
 */
import { loweringOf } from "../plan/graph.ts";
import type { Group } from "../plan/group.ts";
import type { Kernels } from "../ops/lowering.ts";
import type { Kernel } from "./code.ts";
import type { KernelContext } from "./context.ts";
import { attentionKernels } from "./attention/mod.ts";
import { mapKernels } from "./map.ts";
import { productKernels } from "./product/mod.ts";
import { reduceKernels } from "./reduce.ts";
import { rowKernels } from "./rows.ts";
import { scatterKernels } from "./scatter.ts";

export type {
  Choices,
  KernelContext,
  KernelLimits,
  Question,
} from "./context.ts";

type MakeKernels = (group: Group, context: KernelContext) => Kernel[];

const FAMILIES: { readonly [F in Kernels["family"]]: MakeKernels } = {
  reduce: reduceKernels,
  rows: rowKernels,
  product: productKernels,
  attention: attentionKernels,
  scatter: scatterKernels,
};

/** The kernels that compute a group, in their order. */
export function kernelsOf(group: Group, context: KernelContext): Kernel[] {
  const [anchor] = group.anchors;
  if (anchor === undefined) return mapKernels(group, context);
  const lowering = loweringOf(anchor);
  if (lowering.kind !== "kernel") {
    throw new Error(`internal: ${anchor.op} has no kernels`);
  }
  return FAMILIES[lowering.family](group, context);
}
