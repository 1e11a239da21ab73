import {
  arrayView,
  broadcastShapes,
  type CompositeName,
  type DType,
  ELEMENT_BYTES,
  type Node,
  type OpName,
  type PrimitiveName,
  type Shape,
  sizeOf,
  type Tensor,
} from "../../tensor/mod.ts";
import { GraphBuilder } from "./graph_builder.ts";
import { ONNX_TYPE_CODE, type OnnxType, type OnnxValue } from "./model.ts";
import type { FrozenLeaves } from "./weights/frozen.ts";

/** How an op becomes ONNX operators: from its node to the value of its output. */
export type Lower<K extends OpName> = (
  node: Node<K>,
  lowering: Lowering,
) => OnnxValue;

/** One lowering an op; composites may be expanded instead. */
export type LoweringTable =
  & { readonly [K in PrimitiveName]: Lower<K> }
  & { readonly [K in CompositeName]: Lower<K> | "expand" };

/**
 * Which operators a model may use: those of onnxruntime with its own fast ones,
 * or the standard ones alone, which every runtime has.
 */
export type Dialect = "onnxruntime" | "standard";

/** Where the values of tensors come from. */
export type Reader = (tensor: Tensor) => OnnxValue;

/** What a graph is lowered for. */
export interface LoweringContext {
  readonly dialect: Dialect;
  /** Matrices whose numbers are known, and read only when the model is stored. */
  readonly leaves: FrozenLeaves;
  /** Channels in a block of the blocked layout; null where there is none. */
  readonly block: number | null;
  /** Whether every operator runs on one thread. */
  readonly singleThread: boolean;
}

/** What is known while a graph is lowered, node by node. */
export class Lowering {
  readonly builder = new GraphBuilder();
  readonly dialect: Dialect;
  readonly #values = new Map<Tensor, OnnxValue>();
  readonly #uses = new Map<Tensor, number>();
  readonly #memo = new Map<string, unknown>();
  /** What a reshaped value was before, by name. */
  readonly #unshaped = new Map<string, OnnxValue>();
  #reader: Reader | null = null;
  /** Makes the value of a tensor that lies elsewhere in another layout. */
  elsewhere: (tensor: Tensor) => OnnxValue | undefined = () => undefined;

  readonly leaves: FrozenLeaves;
  readonly block: number | null;
  readonly singleThread: boolean;

  constructor(
    /** All nodes of the graph, operands first. */
    readonly order: readonly Tensor[],
    outputs: readonly Tensor[],
    { dialect, leaves, block, singleThread }: LoweringContext,
  ) {
    this.dialect = dialect;
    this.leaves = leaves;
    this.block = block;
    this.singleThread = singleThread;
    const count = (tensor: Tensor) =>
      this.#uses.set(tensor, this.uses(tensor) + 1);
    outputs.forEach(count);
    for (const node of order) node.inputs.forEach(count);
  }

  /** How often a tensor is read, by nodes and as an output. */
  uses(tensor: Tensor): number {
    return this.#uses.get(tensor) ?? 0;
  }

  /** The value of a tensor that has been lowered. */
  value(tensor: Tensor): OnnxValue {
    if (this.#reader !== null) return this.#reader(tensor);
    const known = this.#values.get(tensor);
    if (known !== undefined) return known;
    const value = this.elsewhere(tensor);
    if (value === undefined) {
      throw new Error(
        `internal: node ${tensor.id} (${tensor.op}) is not lowered`,
      );
    }
    this.#values.set(tensor, value);
    return value;
  }

  /** Lowers with `value` reading from another layout. */
  reading(reader: Reader, lower: () => OnnxValue): OnnxValue {
    this.#reader = (tensor) => {
      this.#reader = null;
      try {
        return reader(tensor);
      } finally {
        this.#reader = again;
      }
    };
    const again = this.#reader;
    try {
      return lower();
    } finally {
      this.#reader = null;
    }
  }

  /** Whether a tensor has been lowered. */
  has(tensor: Tensor): boolean {
    return this.#values.has(tensor);
  }

  set(tensor: Tensor, value: OnnxValue): void {
    this.#values.set(tensor, value);
  }

  /** Makes a value once: intermediate results that several lowerings share. */
  once<T>(key: string, make: () => T): T {
    if (!this.#memo.has(key)) this.#memo.set(key, make());
    return this.#memo.get(key) as T;
  }

  /** What `once` made under a key, if it did. */
  known<T>(key: string): T | undefined {
    return this.#memo.get(key) as T | undefined;
  }

  // The few operators that lowerings of every family use.

  /** x in another shape: one operator at most, however often it was reshaped. */
  reshape(x: OnnxValue, shape: Shape): OnnxValue {
    const source = this.#unshaped.get(x.name) ?? x;
    if (source.shape.join() === shape.join()) return source;
    return this.once(`reshape ${source.name} ${shape}`, () => {
      const { builder } = this;
      const sizes = builder.ints(shape);
      const y = builder.emit("Reshape", [source, sizes], {
        type: x.type,
        shape,
        // A size of 0 means 0 here, not "as before".
        attributes: { allowzero: { int: 1 } },
      });
      this.#unshaped.set(y.name, source);
      return y;
    });
  }

  cast(x: OnnxValue, type: OnnxType): OnnxValue {
    if (x.type === type) return x;
    return this.builder.emit("Cast", [x], {
      type,
      shape: x.shape,
      attributes: { to: { int: ONNX_TYPE_CODE[type] } },
    });
  }

  transpose(x: OnnxValue, order: readonly number[]): OnnxValue {
    return this.builder.emit("Transpose", [x], {
      type: x.type,
      shape: order.map((axis) => x.shape[axis]!),
      attributes: { perm: { ints: order } },
    });
  }

  /** A binary operator on values that broadcast. */
  binary(op: string, a: OnnxValue, b: OnnxValue): OnnxValue {
    const shape = broadcastShapes(a.shape, b.shape);
    return this.builder.emit(op, [a, b], { type: a.type, shape });
  }

  /** A tensor of one value. */
  filled(
    value: number,
    { shape, dtype }: { shape: Shape; dtype: DType },
  ): OnnxValue {
    const length = sizeOf(shape);
    const bytes = new ArrayBuffer(length * ELEMENT_BYTES[dtype]);
    const data = arrayView(dtype, bytes, { length });
    return this.builder.constant({ type: dtype, shape }, data.fill(value));
  }
}
