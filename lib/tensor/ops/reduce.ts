import type { TensorType } from "../node.ts";
import type { OpName, ReduceAttributes, ReduceOps } from "../op_attributes.ts";
import { normalizeAxes } from "../shape.ts";
import { operands, type OpRule } from "./rule.ts";

function reducedType(
  inputs: readonly TensorType[],
  { axes, keepDims }: ReduceAttributes,
): TensorType {
  const [x] = operands(inputs, 1);
  const reduced = new Set(normalizeAxes(axes, x.shape.length));
  const shape = x.shape
    .map((size, axis) => reduced.has(axis) ? (keepDims ? 1 : -1) : size)
    .filter((size) => size >= 0);
  return { shape, dtype: x.dtype };
}

/** What must be said of a reduction: what it makes of nothing. */
type Reduction<K extends OpName> =
  & OpRule<K>
  & Required<
    Pick<OpRule<K>, "identity">
  >;

function reduction<K extends keyof ReduceOps>(
  equation: string,
  identity: number,
): Reduction<K> {
  return { equation, traits: ["reduction"], identity, type: reducedType };
}

/** Ops that combine the elements along axes. */
export const reduce: { readonly [K in keyof ReduceOps]: Reduction<K> } = {
  reduce_sum: reduction("y = sum of x over the axes; 0 over none", 0),
  reduce_max: reduction(
    "y = largest x over the axes; -infinity over none",
    -Infinity,
  ),
};
