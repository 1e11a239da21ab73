import type { Node, Tensor } from "../node.ts";
import type { CompositeName, PrimitiveName } from "../op_attributes.ts";

/**
 * Cotangents of the inputs from the cotangent of the output; null where no
 * gradient flows.
 */
export type GradientRule<K extends PrimitiveName | CompositeName> = (
  node: Node<K>,
  dy: Tensor,
) => readonly (Tensor | null)[];

/** Why an op has no gradient. */
export interface NotDifferentiable {
  readonly notDifferentiable: string;
}

/**
 * One entry an op; composites may be differentiated through their expansion, and
 * what is recomputed through its sources. At a "stop" none is sought behind.
 */
export type GradientTable =
  & {
    readonly [K in PrimitiveName]:
      | GradientRule<K>
      | NotDifferentiable
      | "stop"
      | "recomputation";
  }
  & {
    readonly [K in CompositeName]: GradientRule<K> | "expansion";
  };
