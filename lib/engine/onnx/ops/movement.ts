import { type FAMILIES, normalizeAxes, sizeOf } from "../../../tensor/mod.ts";
import type { LoweringTable } from "../lowering.ts";

/** "To the very beginning" for a slice that runs backwards. */
const BEFORE_FIRST = -(2 ** 31);

/** Lowerings of the movement ops. */
export const movement: Pick<LoweringTable, keyof typeof FAMILIES.movement> = {
  reshape: (node, lowering) =>
    lowering.reshape(lowering.value(node.inputs[0]!), node.shape),
  permute: (node, lowering) =>
    lowering.transpose(lowering.value(node.inputs[0]!), node.attributes.order),
  broadcast: (node, lowering) => {
    const x = lowering.value(node.inputs[0]!);
    const { shape, dtype: type } = node;
    const { builder } = lowering;
    return builder.emit("Expand", [x, builder.ints(shape)], { type, shape });
  },
  slice: (node, lowering) => {
    const { starts, stops } = node.attributes;
    const { builder } = lowering;
    const x = lowering.value(node.inputs[0]!);
    const cut = x.shape.flatMap((size, axis) =>
      starts[axis] === 0 && stops[axis] === size ? [] : [axis]
    );
    if (cut.length === 0) return x;
    const first = builder.ints(cut.map((axis) => starts[axis]!));
    const last = builder.ints(cut.map((axis) => stops[axis]!));
    return builder.emit("Slice", [x, first, last, builder.ints(cut)], {
      type: node.dtype,
      shape: node.shape,
    });
  },
  pad: (node, lowering) => {
    const { low, high } = node.attributes;
    const { builder } = lowering;
    const x = lowering.value(node.inputs[0]!);
    if (x.shape.length === 0) return x;
    return builder.emit("Pad", [x, builder.ints([...low, ...high])], {
      type: node.dtype,
      shape: node.shape,
    });
  },
  concat: (node, lowering) => {
    const parts = node.inputs
      .filter((input) => sizeOf(input.shape) > 0)
      .map((input) => lowering.value(input));
    if (parts.length === 1) return parts[0]!;
    const { shape, dtype: type, attributes: { axis } } = node;
    return lowering.builder.emit("Concat", parts, {
      type,
      shape,
      attributes: {
        axis: { int: axis < 0 ? axis + shape.length : axis },
      },
    });
  },
  flip: (node, lowering) => {
    const { shape, dtype: type } = node;
    const { builder } = lowering;
    const x = lowering.value(node.inputs[0]!);
    const axes = normalizeAxes(node.attributes.axes, shape.length);
    if (axes.length === 0) return x;
    const bounds = [-1, BEFORE_FIRST].map((bound) =>
      builder.ints(axes.map(() => bound))
    );
    const steps = builder.ints(axes.map(() => -1));
    return builder.emit("Slice", [x, ...bounds, builder.ints(axes), steps], {
      type,
      shape,
    });
  },
};
