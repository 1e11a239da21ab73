import { compositeGradients } from "./composite.ts";
import { contractionGradients } from "./contraction.ts";
import { elementwiseGradients } from "./elementwise.ts";
import type { GradientTable } from "./rule.ts";
import {
  indexingGradients,
  leafGradients,
  movementGradients,
  reduceGradients,
} from "./structure.ts";

export type { GradientRule, GradientTable, NotDifferentiable } from "./rule.ts";

/** The gradient of every op, in terms of other ops. */
export const GRADIENTS: GradientTable = {
  ...leafGradients,
  ...elementwiseGradients,
  ...reduceGradients,
  ...movementGradients,
  ...contractionGradients,
  ...indexingGradients,
  ...compositeGradients,
};
