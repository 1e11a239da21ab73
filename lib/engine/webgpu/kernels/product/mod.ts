/**
 * Sums of products: matrix products and convolutions.
 *
 * @module
 */
import { isFewRows, takesFewRows } from "../../plan/few_rows.ts";
import type { Group } from "../../plan/group.ts";
import type { Kernel } from "../code.ts";
import type { KernelContext } from "../context.ts";
import { problemOf } from "./contractions.ts";
import { chooseVariant } from "./choice.ts";
import { fewRowsKernels } from "./few.ts";
import { variantKernels } from "./variants.ts";

/** The kernels of a group of products. */
export function productKernels(
  group: Group,
  context: KernelContext,
): Kernel[] {
  if (takesFewRows(context.limits) && isFewRows(group.anchors[0]!)) {
    return fewRowsKernels(group, context);
  }
  const problem = problemOf(group.anchors[0]!);
  const job = { group, problem };
  const variant = chooseVariant(problem, {
    context,
    make: (candidate) => variantKernels(candidate, job, context),
  });
  return variantKernels(variant, job, context);
}
