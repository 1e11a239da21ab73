import {
  broadcastStrides,
  type FAMILIES,
  normalizeAxes,
  type Shape,
  stridesOf,
} from "../../../tensor/mod.ts";
import {
  allocateFor,
  type Elements,
  offsetsOf,
  type ReferenceTable,
  type Value,
} from "./value.ts";

/** Reads x at `offsets`, one an output element. */
function pick(x: Value, offsets: Int32Array): Elements {
  const Kind = x.data.constructor as new (n: number) => Elements;
  const y = new Kind(offsets.length);
  for (let i = 0; i < y.length; i++) y[i] = x.data[offsets[i]!]!;
  return y;
}

/** Writes `part` into `whole` so that its first element lands at `starts`. */
export function place(
  part: Value,
  whole: { data: Elements; shape: Shape },
  starts: readonly number[],
): void {
  const strides = stridesOf(whole.shape);
  const first = starts.reduce((sum, n, axis) => sum + n * strides[axis]!, 0);
  const offsets = offsetsOf(part.shape, strides, first);
  for (let i = 0; i < offsets.length; i++) {
    whole.data[offsets[i]!] = part.data[i]!;
  }
}

/** Evaluations of the movement ops. */
export const movement: Pick<ReferenceTable, keyof typeof FAMILIES.movement> = {
  reshape: (_, [x]) => x!.data,
  permute: (node, [x]) => {
    const strides = stridesOf(x!.shape);
    const { order } = node.attributes;
    return pick(x!, offsetsOf(node.shape, order.map((axis) => strides[axis]!)));
  },
  broadcast: (node, [x]) =>
    pick(x!, offsetsOf(node.shape, broadcastStrides(x!.shape, node.shape))),
  slice: (node, [x]) => {
    const strides = stridesOf(x!.shape);
    const { starts } = node.attributes;
    const first = starts.reduce((sum, n, axis) => sum + n * strides[axis]!, 0);
    return pick(x!, offsetsOf(node.shape, strides, first));
  },
  pad: (node, [x]) => {
    const data = allocateFor(node);
    place(x!, { data, shape: node.shape }, node.attributes.low);
    return data;
  },
  concat: (node, inputs) => {
    const data = allocateFor(node);
    const { axis } = node.attributes;
    const starts = node.shape.map(() => 0);
    for (const x of inputs) {
      place(x, { data, shape: node.shape }, starts);
      starts[axis] = starts[axis]! + x.shape[axis]!;
    }
    return data;
  },
  flip: (node, [x]) => {
    const flipped = normalizeAxes(node.attributes.axes, x!.shape.length);
    const strides = stridesOf(x!.shape);
    let first = 0;
    for (const axis of flipped) {
      first += (x!.shape[axis]! - 1) * strides[axis]!;
      strides[axis] = -strides[axis]!;
    }
    return pick(x!, offsetsOf(node.shape, strides, first));
  },
};
