import {
  type FAMILIES,
  type Node,
  normalizeAxes,
} from "../../../tensor/mod.ts";
import { columnSum, summedProduct } from "../gemm.ts";
import { groupNormWeightGradient } from "../group_norm.ts";
import type { Lowering, LoweringTable } from "../lowering.ts";
import type { OnnxType, OnnxValue } from "../model.ts";

function reduceWith(
  operator: string,
  node: Node<"reduce_sum" | "reduce_max">,
  { lowering, carrier }: { lowering: Lowering; carrier: OnnxType },
): OnnxValue {
  const x = lowering.value(node.inputs[0]!);
  const axes = normalizeAxes(node.attributes.axes, x.shape.length);
  if (axes.length === 0) return x;
  const { builder } = lowering;
  const inputs = [lowering.cast(x, carrier), builder.ints(axes)];
  const y = builder.emit(operator, inputs, {
    type: carrier,
    shape: node.shape,
    attributes: { keepdims: { int: node.attributes.keepDims ? 1 : 0 } },
  });
  return lowering.cast(y, node.dtype);
}

/** Lowerings of the reductions. */
export const reduce: Pick<LoweringTable, keyof typeof FAMILIES.reduce> = {
  reduce_sum: (node, lowering) => {
    const whole = summedProduct(node, lowering) ??
      groupNormWeightGradient(node, lowering) ?? columnSum(node, lowering);
    if (whole !== null) return whole;
    const { dtype } = node;
    const narrow = dtype === "u32" || dtype === "u8" || dtype === "bool";
    const carrier = narrow ? "i64" : dtype;
    return reduceWith("ReduceSum", node, { lowering, carrier });
  },
  reduce_max: (node, lowering) => {
    const carrier = node.dtype === "u32" ? "i64" : node.dtype;
    return reduceWith("ReduceMax", node, { lowering, carrier });
  },
};
