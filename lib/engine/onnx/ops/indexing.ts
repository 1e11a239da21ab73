import { type FAMILIES, type Node, sizeOf } from "../../../tensor/mod.ts";
import type { Lowering, LoweringTable } from "../lowering.ts";
import type { OnnxValue } from "../model.ts";

/** 0, 1, .. as i32 [count]. */
export function counting(count: number, { builder }: Lowering): OnnxValue {
  const values = Int32Array.from({ length: count }, (_, i) => i);
  return builder.constant({ type: "i32", shape: [count] }, values);
}

/** A start moved so that `size` elements lie inside of `all`. */
export function clampedStart(
  start: OnnxValue,
  { size, all, lowering }: { size: number; all: number; lowering: Lowering },
): OnnxValue {
  const { builder } = lowering;
  const given = lowering.cast(start, "i32");
  const bound = (value: number) =>
    builder.constant({ type: "i32", shape: [] }, Int32Array.of(value));
  const low = lowering.binary("Max", given, bound(0));
  return lowering.binary("Min", low, bound(all - size));
}

function sliceAt(node: Node<"slice_at">, lowering: Lowering): OnnxValue {
  const { axis, size } = node.attributes;
  const [x, start] = node.inputs.map((input) => lowering.value(input));
  const all = x!.shape[axis]!;
  const first = clampedStart(start!, { size, all, lowering });
  const places = lowering.binary("Add", counting(size, lowering), first);
  return lowering.builder.emit("Gather", [x!, places], {
    type: node.dtype,
    shape: node.shape,
    attributes: { axis: { int: axis } },
  });
}

/** What lies before the update, the update, and what lies behind it. */
function updateSlice(node: Node<"update_slice">, lowering: Lowering) {
  const { axis } = node.attributes;
  const [x, update, start] = node.inputs.map((input) => lowering.value(input));
  if (sizeOf(update!.shape) === 0) return x!;
  const { builder } = lowering;
  const [all, size] = [x!.shape[axis]!, update!.shape[axis]!];
  const clamped = clampedStart(start!, { size, all, lowering });
  const first = lowering.reshape(lowering.cast(clamped, "i64"), [1]);
  const next = lowering.binary("Add", first, builder.ints([size]));
  const along = builder.ints([axis]);
  const type = node.dtype;
  const part = (from: OnnxValue, to: OnnxValue) =>
    builder.emit("Slice", [x!, from, to, along], { type, shape: node.shape });
  const before = part(builder.ints([0]), first);
  const behind = part(next, builder.ints([all]));
  const joined = builder.emit("Concat", [before, update!, behind], {
    type,
    shape: [],
    attributes: { axis: { int: axis } },
  });
  // The parts have no static sizes; what follows needs one.
  return lowering.reshape(joined, node.shape);
}

/**
 * One-hot rows, transposed, times the updates: the order of the sum is fixed,
 * which scattering by several threads does not promise.
 */
function scatterAdd(node: Node<"scatter_add">, lowering: Lowering) {
  const { builder } = lowering;
  const { rows } = node.attributes;
  const [indices, updates] = node.inputs.map((input) => lowering.value(input));
  const count = sizeOf(indices!.shape);
  const width = sizeOf(node.shape.slice(1));
  const flat = lowering.reshape(lowering.cast(indices!, "i32"), [1, count]);
  const numbers = lowering.reshape(counting(rows, lowering), [rows, 1]);
  const hits = builder.emit("Equal", [numbers, flat], {
    type: "bool",
    shape: [rows, count],
  });
  const oneHot = lowering.cast(hits, node.dtype);
  const table = lowering.reshape(updates!, [count, width]);
  const sums = builder.emit("MatMul", [oneHot, table], {
    type: node.dtype,
    shape: [rows, width],
  });
  return lowering.reshape(sums, node.shape);
}

/** Lowerings of the indexing ops. */
export const indexing: Pick<LoweringTable, keyof typeof FAMILIES.indexing> = {
  gather: (node, lowering) =>
    lowering.builder.emit(
      "Gather",
      [
        lowering.value(node.inputs[0]!),
        lowering.cast(lowering.value(node.inputs[1]!), "i32"),
      ],
      { type: node.dtype, shape: node.shape },
    ),
  scatter_add: scatterAdd,
  slice_at: sliceAt,
  update_slice: updateSlice,
};
