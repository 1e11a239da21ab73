import {
  type FAMILIES,
  type Node,
  normalizeAxes,
  stridesOf,
} from "../../../tensor/mod.ts";
import {
  allocateFor,
  type Elements,
  offsetsOf,
  type ReferenceTable,
  type Value,
} from "./value.ts";

function fold(
  node: Node<"reduce_sum" | "reduce_max">,
  x: Value,
  { start, combine }: {
    start: number;
    combine: (a: number, b: number) => number;
  },
): Elements {
  const axes = normalizeAxes(node.attributes.axes, x.shape.length);
  const kept = x.shape.map((size, i) => axes.includes(i) ? 1 : size);
  const strides = stridesOf(kept)
    .map((stride, i) => axes.includes(i) ? 0 : stride);
  const targets = offsetsOf(x.shape, strides);
  const y = allocateFor(node).fill(start);
  for (let i = 0; i < targets.length; i++) {
    const target = targets[i]!;
    y[target] = combine(y[target]!, x.data[i]!);
  }
  return y;
}

/** Evaluations of the reductions. */
export const reduce: Pick<ReferenceTable, keyof typeof FAMILIES.reduce> = {
  reduce_sum: (node, [x]) =>
    fold(node, x!, { start: 0, combine: (a, b) => a + b }),
  reduce_max: (node, [x]) =>
    fold(node, x!, { start: -Infinity, combine: Math.max }),
};
