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

/** Window, stride and padding of a 2-D pool, as [vertical, horizontal]. */
export interface PoolAttributes extends ConvolutionAttributes {
  readonly kernel: readonly [number, number];
}

/** Ops without inputs. */
export interface LeafOps {
  input: {
    readonly name: string;
    readonly shape: Shape;
    readonly dtype: DType;
  };
  constant: { readonly value: HostTensor; readonly dtype: DType };
}

/** Ops that act on each element alone. */
export interface ElementwiseOps {
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
}

/** Ops that combine the elements along axes. */
export interface ReduceOps {
  reduce_sum: ReduceAttributes;
  reduce_max: ReduceAttributes;
}

/** Ops that arrange elements anew. */
export interface MovementOps {
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
}

/** Ops that sum products. */
export interface ContractionOps {
  matmul: { readonly transposeA: boolean; readonly transposeB: boolean };
  conv2d: ConvolutionAttributes;
  conv2d_dx: ConvolutionAttributes & {
    readonly size: readonly [number, number];
  };
  conv2d_dw: ConvolutionAttributes & {
    readonly kernel: readonly [number, number];
  };
}

/** Ops that read or write at positions that are data. */
export interface IndexingOps {
  gather: None;
  scatter_add: { readonly rows: number };
  slice_at: { readonly axis: number; readonly size: number };
  update_slice: { readonly axis: number };
}

/** Ops that draw random numbers. */
export interface RandomOps {
  uniform: { readonly shape: Shape; readonly stream: number };
}

/** Ops that expand into others; an engine may lower them whole. */
export interface CompositeOps {
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
  max_pool: PoolAttributes;
  average_pool: PoolAttributes;
  rotary: None;
  attention: { readonly causal: boolean; readonly scale: number };
  attention_dq: { readonly causal: boolean; readonly scale: number };
  attention_dk: { readonly causal: boolean; readonly scale: number };
  attention_dv: { readonly causal: boolean; readonly scale: number };
  cached_attention: { readonly scale: number };
}

/** Every op and the type of its attributes: the one list that all tables are total over. */
export interface OpAttributes
  extends
    LeafOps,
    ElementwiseOps,
    ReduceOps,
    MovementOps,
    ContractionOps,
    IndexingOps,
    RandomOps,
    CompositeOps {}

/** Name of an op. */
export type OpName = keyof OpAttributes;

/** Name of an op that expands into others. */
export type CompositeName = keyof CompositeOps;

/** Ops that every engine must know. */
export type PrimitiveName = Exclude<OpName, CompositeName>;
