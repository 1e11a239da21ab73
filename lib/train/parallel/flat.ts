import {
  concat,
  reshape,
  type Shape,
  sizeOf,
  slice,
  type Tensor,
} from "../../tensor/mod.ts";

/** Elements of tensors that lie end to end. */
export function flatSize(shapes: Readonly<Record<string, Shape>>): number {
  return Object.values(shapes).reduce((size, shape) => size + sizeOf(shape), 0);
}

/** Tensors end to end, in their order. */
export function flatten(tensors: readonly Tensor[]): Tensor {
  return concat(tensors.map((tensor) => reshape(tensor, [-1])));
}

/** Tensors that lie end to end in a vector. */
export function unflatten(
  flat: Tensor,
  shapes: Readonly<Record<string, Shape>>,
): Record<string, Tensor> {
  const found: Record<string, Tensor> = {};
  let start = 0;
  for (const [name, shape] of Object.entries(shapes)) {
    const stop = start + sizeOf(shape);
    found[name] = reshape(slice(flat, 0, { start, stop }), shape);
    start = stop;
  }
  return found;
}
