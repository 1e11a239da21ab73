import type { DType, HostTensor, Shape } from "./host_tensor.ts";

/** Attributes of an op that has none. */
export type None = Record<never, never>;

/** Axes over which a reduction runs; kept as size 1 when `keepDims` is set. */
export interface ReduceAttributes {
  readonly axes: readonly number[];
  readonly keepDims: boolean;
}

/** Stride and zero padding of a 2-D convolution, as [vertical, horizontal]. */
export interface ConvolutionAttributes {
  readonly stride: readonly [number, number];
  readonly padding: readonly [number, number];
}

/** Every op and the type of its attributes: the one list that all tables are total over. */
export interface OpAttributes {
  // Leaves
  input: {
    readonly name: string;
    readonly shape: Shape;
    readonly dtype: DType;
  };
  constant: { readonly value: HostTensor; readonly dtype: DType };
  // Elementwise
  neg: None;
  abs: None;
  sign: None;
  exp: None;
  expm1: None;
  log: None;
  log1p: None;
  sqrt: None;
  sin: None;
  cos: None;
  tanh: None;
  sigmoid: None;
  erf: None;
  floor: None;
  not: None;
  add: None;
  sub: None;
  mul: None;
  div: None;
  pow: None;
  maximum: None;
  minimum: None;
  less: None;
  equal: None;
  and: None;
  or: None;
  select: None;
  cast: { readonly dtype: DType };
  stop_gradient: None;
  fence: None;
  recomputed: None;
  // Reductions
  reduce_sum: ReduceAttributes;
  reduce_max: ReduceAttributes;
  // Movement
  reshape: { readonly shape: Shape };
  permute: { readonly order: readonly number[] };
  broadcast: { readonly shape: Shape };
  slice: {
    readonly starts: readonly number[];
    readonly stops: readonly number[];
  };
  pad: { readonly low: readonly number[]; readonly high: readonly number[] };
  concat: { readonly axis: number };
  flip: { readonly axes: readonly number[] };
  // Contractions
  matmul: { readonly transposeA: boolean; readonly transposeB: boolean };
  conv2d: ConvolutionAttributes;
  conv2d_dx: ConvolutionAttributes & {
    readonly size: readonly [number, number];
  };
  conv2d_dw: ConvolutionAttributes & {
    readonly kernel: readonly [number, number];
  };
  // Indexing
  gather: None;
  scatter_add: { readonly rows: number };
  slice_at: { readonly axis: number; readonly size: number };
  update_slice: { readonly axis: number };
  // Random numbers
  uniform: { readonly shape: Shape; readonly stream: number };
  // Composites: each has an expansion into the ops above
  silu: None;
  softplus: None;
  leaky_relu: { readonly slope: number };
  leaky_relu_dx: { readonly slope: number };
  softmax: None;
  rms_norm: { readonly epsilon: number };
  rms_norm_dx: { readonly epsilon: number };
  layer_norm: { readonly epsilon: number };
  layer_norm_dx: { readonly epsilon: number };
  group_norm: { readonly groups: number; readonly epsilon: number };
  group_norm_dx: { readonly groups: number; readonly epsilon: number };
  rotary: None;
  attention: { readonly causal: boolean; readonly scale: number };
  attention_dq: { readonly causal: boolean; readonly scale: number };
  attention_dk: { readonly causal: boolean; readonly scale: number };
  attention_dv: { readonly causal: boolean; readonly scale: number };
  cached_attention: { readonly scale: number };
}

/** Name of an op. */
export type OpName = keyof OpAttributes;

/** Ops that expand into others; an engine may lower them whole. */
export type CompositeName =
  | "silu"
  | "softplus"
  | "leaky_relu"
  | "leaky_relu_dx"
  | "softmax"
  | "rms_norm"
  | "rms_norm_dx"
  | "layer_norm"
  | "layer_norm_dx"
  | "group_norm"
  | "group_norm_dx"
  | "rotary"
  | "attention"
  | "attention_dq"
  | "attention_dk"
  | "attention_dv"
  | "cached_attention";

/** Ops that every engine must know. */
export type PrimitiveName = Exclude<OpName, CompositeName>;

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
