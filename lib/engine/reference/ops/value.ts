import {
  type DType,
  isFloat,
  type Node,
  type OpName,
  type PrimitiveName,
  type Shape,
  sizeOf,
} from "../../../tensor/mod.ts";

/** Element arrays of the reference: every float is held in float64. */
export type Elements = Float64Array | Int32Array | Uint32Array | Uint8Array;

/** A value while the reference walks a graph. */
export interface Value {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly data: Elements;
}

/** How the reference computes an op: from the node and its inputs' values. */
export type Evaluate<K extends OpName> = (
  node: Node<K>,
  inputs: readonly Value[],
) => Elements;

/** One evaluation a primitive; composites are expanded first. */
export type ReferenceTable = {
  readonly [K in PrimitiveName]: Evaluate<K>;
};

/** Zeros for `length` elements of a dtype. */
export function allocate(dtype: DType, length: number): Elements {
  if (isFloat(dtype)) return new Float64Array(length);
  if (dtype === "i32") return new Int32Array(length);
  if (dtype === "u32") return new Uint32Array(length);
  return new Uint8Array(length);
}

/** Zeros for a node's result. */
export function allocateFor(node: { dtype: DType; shape: Shape }): Elements {
  return allocate(node.dtype, sizeOf(node.shape));
}

/**
 * For each position of `shape` in row-major order, the offset under `strides`.
 *
 * The plain walk over indices that most evaluations share.
 */
export function offsetsOf(
  shape: Shape,
  strides: readonly number[],
  start = 0,
): Int32Array {
  const offsets = new Int32Array(sizeOf(shape));
  const index = new Array<number>(shape.length).fill(0);
  let offset = start;
  for (let i = 0; i < offsets.length; i++) {
    offsets[i] = offset;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      offset += strides[axis]!;
      index[axis] = index[axis]! + 1;
      if (index[axis]! < shape[axis]!) break;
      offset -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return offsets;
}
