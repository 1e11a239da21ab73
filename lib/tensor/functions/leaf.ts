import {
  type DType,
  type HostTensor,
  hostTensor,
  type Shape,
} from "../host_tensor.ts";
import { makeLeaf, type Node, type Tensor } from "../node.ts";

/** A value that is given at each run of a program, or state of the program. */
export function input(
  name: string,
  shape: Shape,
  dtype: DType = "f32",
): Node<"input"> {
  return makeLeaf("input", { name, shape, dtype }, { shape, dtype });
}

/**
 * A value fixed in the program. f64 data makes an f32 tensor: each engine rounds
 * it to the precision in which it works.
 *
 * @throws {TypeError} when the data are f16
 */
export function constant(value: HostTensor): Node<"constant"> {
  if (value.dtype === "f16") {
    throw new TypeError("Cannot make a constant of f16 bits: expected f32");
  }
  const dtype = value.dtype === "f64" ? "f32" : value.dtype;
  const { shape } = value;
  return makeLeaf("constant", { value, dtype }, { shape, dtype });
}

const scalars = new Map<string, Tensor>();

/** A scalar constant; equal scalars are the same node. */
export function scalar(value: number, dtype: DType = "f32"): Tensor {
  const key = `${dtype} ${Object.is(value, -0) ? "-0" : value}`;
  let node = scalars.get(key);
  if (node === undefined) {
    node = constant(scalarValue(value, dtype));
    scalars.set(key, node);
  }
  return node;
}

function scalarValue(value: number, dtype: DType): HostTensor {
  switch (dtype) {
    case "i32":
      return hostTensor("i32", [], Int32Array.of(value));
    case "u32":
      return hostTensor("u32", [], Uint32Array.of(value));
    case "u8":
    case "bool":
      return hostTensor(dtype, [], Uint8Array.of(value));
    default:
      return hostTensor("f64", [], Float64Array.of(value));
  }
}

/** An f32 tensor filled with one value; free on every engine. */
export function constantArray(shape: Shape, values: ArrayLike<number>): Tensor {
  return constant(hostTensor("f64", shape, Float64Array.from(values)));
}

/** The number that a scalar or uniform constant holds, or undefined. */
export function constantNumber(node: Tensor): number | undefined {
  if (node.op !== "constant") return undefined;
  const { value } = (node as Node<"constant">).attributes;
  return value.data.length === 1 ? value.data[0] : undefined;
}
