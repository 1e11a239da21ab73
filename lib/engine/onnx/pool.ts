import type { Node, PoolAttributes } from "../../tensor/mod.ts";
import type { Lowering } from "./lowering.ts";
import type { OnnxAttribute, OnnxValue } from "./model.ts";

/** A pool as onnxruntime has it; averages leave the padding out by themselves. */
export function poolAttributes(
  { kernel, stride, padding }: PoolAttributes,
): Readonly<Record<string, OnnxAttribute>> {
  return {
    kernel_shape: { ints: kernel },
    strides: { ints: stride },
    pads: { ints: [...padding, ...padding] },
  };
}

/** A pool of plain images: one operator. */
export function pool(
  operator: "MaxPool" | "AveragePool",
  { inputs: [x], attributes, shape, dtype }: Node<"max_pool" | "average_pool">,
  lowering: Lowering,
): OnnxValue {
  return lowering.builder.emit(operator, [lowering.value(x!)], {
    type: dtype,
    shape,
    attributes: poolAttributes(attributes),
  });
}
