import {
  type HostTensor,
  hostTensor,
  input,
  type Node,
  reshape,
  type Shape,
  sizeOf,
  slice,
  type Tensor,
} from "../tensor/mod.ts";
import type { ParameterShapes } from "../nn/mod.ts";

/** The state tensor that holds all vectors, one after another. */
const VECTORS = "vectors";

interface Place {
  readonly name: string;
  readonly shape: Shape;
  readonly start: number;
}

/**
 * How parameters lie in the state of a training: matrices as they are, and all
 * vectors (norms, biases) end to end in one tensor, so that an optimiser step
 * is a few operations instead of a few for each of a hundred short vectors.
 */
export class StateLayout {
  /** Shapes of the state's tensors by name. */
  readonly shapes: ParameterShapes;
  readonly #vectors: readonly Place[];

  constructor(parameters: ParameterShapes) {
    const shapes: Record<string, Shape> = {};
    const vectors: Place[] = [];
    let start = 0;
    for (const [name, shape] of Object.entries(parameters)) {
      if (shape.length >= 2) shapes[name] = shape;
      else {
        vectors.push({ name, shape, start });
        start += sizeOf(shape);
      }
    }
    if (vectors.length > 0) shapes[VECTORS] = [start];
    this.shapes = shapes;
    this.#vectors = vectors;
  }

  /**
   * Leaves of the state's parameters, and the model's parameters made of them.
   *
   * @param rename name of the leaf of a tensor of the state
   */
  leaves(rename: (name: string) => string): {
    leaves: Readonly<Record<string, Node<"input">>>;
    parameters: Readonly<Record<string, Tensor>>;
  } {
    const leaves: Record<string, Node<"input">> = {};
    for (const [name, shape] of Object.entries(this.shapes)) {
      leaves[name] = input(rename(name), shape);
    }
    const parameters: Record<string, Tensor> = { ...leaves };
    delete parameters[VECTORS];
    for (const { name, shape, start } of this.#vectors) {
      const stop = start + sizeOf(shape);
      const part = slice(leaves[VECTORS]!, 0, { start, stop });
      parameters[name] = reshape(part, shape);
    }
    return { leaves, parameters };
  }

  /** The state's tensors from the parameters' values. */
  pack(
    values: Readonly<Record<string, HostTensor>>,
  ): Record<string, HostTensor> {
    const packed: Record<string, HostTensor> = {};
    for (const [name, shape] of Object.entries(this.shapes)) {
      packed[name] = name === VECTORS
        ? hostTensor("f32", shape, new Float32Array(sizeOf(shape)))
        : values[name]!;
    }
    for (const { name, start } of this.#vectors) {
      const vectors = packed[VECTORS]!.data as Float32Array;
      vectors.set(values[name]!.data as Float32Array, start);
    }
    return packed;
  }

  /** The parameters' values from the state's tensors. */
  unpack(
    packed: Readonly<Record<string, HostTensor>>,
  ): Record<string, HostTensor> {
    const values: Record<string, HostTensor> = { ...packed };
    delete values[VECTORS];
    for (const { name, shape, start } of this.#vectors) {
      const all = packed[VECTORS]!.data as Float32Array;
      const part = all.slice(start, start + sizeOf(shape));
      values[name] = hostTensor("f32", shape, part);
    }
    return values;
  }
}
