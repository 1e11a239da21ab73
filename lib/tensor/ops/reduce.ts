import type { OpName, ReduceAttributes, TensorType } from "../node.ts";
import { normalizeAxes } from "../shape.ts";
import { operands, type OpRule, type OpTable } from "./rule.ts";

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

function reduction<K extends OpName & ("reduce_sum" | "reduce_max")>(
  equation: string,
): OpRule<K> {
  return { equation, traits: ["reduction"], type: reducedType };
}

/** Ops that combine the elements along axes. */
export const reduce: Pick<OpTable, "reduce_sum" | "reduce_max"> = {
  reduce_sum: reduction("y = sum of x over the axes; 0 over none"),
  reduce_max: reduction("y = largest x over the axes; -infinity over none"),
};
