import type { DType, Shape } from "./host_tensor.ts";
import type { OpAttributes, OpName } from "./op_attributes.ts";

/** Shape and element type of a tensor. */
export interface TensorType {
  readonly shape: Shape;
  readonly dtype: DType;
}

/**
 * One operation applied to its inputs. Nodes are immutable and interned: the
 * same op with the same attributes on the same inputs is the same object.
 */
export interface Node<K extends OpName = OpName> extends TensorType {
  /** Grows with creation, so that inputs always have smaller ids. */
  readonly id: number;
  readonly op: K;
  readonly attributes: OpAttributes[K];
  readonly inputs: readonly Tensor[];
  /** Where in the model the node was made, such as "layers.0.attention". */
  readonly scope: string;
}

/** A value in a graph. */
export type Tensor = Node;

let nextId = 0;
let currentScope = "";

/**
 * Interned users of a node; held by the node itself so that both die together.
 * Constants, which may live for ever, hold none if another input can.
 */
const users = new WeakMap<Tensor, Map<string, Tensor>>();

/** Runs `build` with `name` appended to the scope of the nodes that it makes. */
export function scoped<T>(name: string, build: () => T): T {
  const outer = currentScope;
  currentScope = outer === "" ? name : `${outer}.${name}`;
  try {
    return build();
  } finally {
    currentScope = outer;
  }
}

/** Makes a node that is equal to no other: a leaf. */
export function makeLeaf<K extends "input" | "constant">(
  op: K,
  attributes: OpAttributes[K],
  { shape, dtype }: TensorType,
): Node<K> {
  const scope = currentScope;
  return { id: nextId++, op, attributes, inputs: [], shape, dtype, scope };
}

/** Makes a node, or returns the equal one that exists. */
export function internNode<K extends OpName>(
  op: K,
  inputs: readonly Tensor[],
  { attributes, type }: { attributes: OpAttributes[K]; type: TensorType },
): Node<K> {
  const variable = inputs.filter((input) => input.op !== "constant");
  const holders = variable.length > 0 ? variable : inputs;
  const holder = holders.reduce((a, b) => a.id > b.id ? a : b);
  let siblings = users.get(holder);
  if (siblings === undefined) users.set(holder, siblings = new Map());
  const ids = inputs.map((input) => input.id).join(",");
  const key = `${op}(${ids})${JSON.stringify(attributes)}`;
  const known = siblings.get(key);
  if (known !== undefined) return known as Node<K>;
  const { shape, dtype } = type;
  const scope = currentScope;
  const node = { id: nextId++, op, attributes, inputs, shape, dtype, scope };
  siblings.set(key, node);
  return node;
}

/** Whether a node is an application of `op`; narrows its type. */
export function isOp<K extends OpName>(node: Tensor, op: K): node is Node<K> {
  return node.op === op;
}
