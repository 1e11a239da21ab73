import type { DType, Shape } from "../host_tensor.ts";
import type { Node, TensorType } from "../node.ts";
import type { OpAttributes, OpName } from "../op_attributes.ts";

/** What passes and engines may rely on, so that none of them lists op names. */
export type Trait =
  /** Each output element depends on the input elements at its own position. */
  | "elementwise"
  /** Same elements in another arrangement: no arithmetic. */
  | "view"
  /** Combines the elements along axes. */
  | "reduction"
  /** Sums products over shared axes. */
  | "contraction"
  /** Reads or writes at positions that are data. */
  | "indexing"
  /** Has no inputs. */
  | "leaf"
  /** Has an expansion into other ops. */
  | "composite"
  /** Draws random numbers from counters. */
  | "random"
  /** Functions see through it: its users may read what it rearranges instead. */
  | "seen through"
  /** Reads no more of its first input than it puts out. */
  | "picks"
  /** Is its first input with its second one in some places. */
  | "replaces"
  /** Each element is one of some input: inputs without elements hide no other. */
  | "joins";

/** What is true of an op on every engine. */
export interface OpRule<K extends OpName> {
  /** Meaning, for readers and generated tables. */
  readonly equation: string;
  readonly traits: readonly Trait[];
  /** Multiplications and additions that count as work: none unless given. */
  flops?(node: Node<K>): number;
  /** What it makes of no elements: 0 unless given. */
  readonly identity?: number;
  /**
   * Shape and dtype of the output.
   *
   * @throws {TypeError} when the inputs do not fit the op
   */
  type(
    inputs: readonly TensorType[],
    attributes: OpAttributes[K],
  ): TensorType;
}

/** One rule for every op: a missing one does not compile. */
export type OpTable = { readonly [K in OpName]: OpRule<K> };

/** Dtypes that arithmetic with rounding works in. */
export function isFloat(dtype: DType): boolean {
  return dtype === "f32" || dtype === "f16" || dtype === "f64";
}

/** Dtypes of counts and positions. */
export function isInteger(dtype: DType): boolean {
  return dtype === "i32" || dtype === "u32";
}

/** Dtypes that can be added. */
export function isNumber(dtype: DType): boolean {
  return dtype !== "bool";
}

/** Truth values. */
export function isBool(dtype: DType): boolean {
  return dtype === "bool";
}

/**
 * Requires a kind of elements.
 *
 * @throws {TypeError} otherwise
 */
export function requireDType(
  { dtype }: TensorType,
  allows: (dtype: DType) => boolean,
): void {
  if (allows(dtype)) return;
  const kind = allows.name.slice("is".length).toLowerCase();
  throw new TypeError(`Expected ${kind} elements, got ${dtype}`);
}

/**
 * Requires an axis counted from the front.
 *
 * @throws {RangeError} otherwise
 */
export function requireAxis(axis: number, { shape }: TensorType): void {
  if (Number.isInteger(axis) && axis >= 0 && axis < shape.length) return;
  throw new RangeError(`Expected an axis of [${shape}], got ${axis}`);
}

/**
 * Requires a position that is data: an integer scalar.
 *
 * @throws {TypeError} otherwise
 */
export function requirePosition(start: TensorType): void {
  requireRank(start.shape, 0, "a start");
  requireDType(start, isInteger);
}

/**
 * Requires exactly these numbers of inputs.
 *
 * @throws {TypeError} otherwise
 */
export function operands<N extends 1 | 2 | 3 | 4 | 5 | 6>(
  inputs: readonly TensorType[],
  count: N,
): Operands<N> {
  if (inputs.length !== count) {
    throw new TypeError(`Expected ${count} inputs, got ${inputs.length}`);
  }
  return inputs as unknown as Operands<N>;
}

type T = TensorType;
interface OperandsByCount {
  1: readonly [T];
  2: readonly [T, T];
  3: readonly [T, T, T];
  4: readonly [T, T, T, T];
  5: readonly [T, T, T, T, T];
  6: readonly [T, T, T, T, T, T];
}
/** A tuple of exactly N types. */
export type Operands<N extends keyof OperandsByCount> = OperandsByCount[N];

/**
 * Requires a rank.
 *
 * @throws {TypeError} otherwise
 */
export function requireRank(shape: Shape, rank: number, what: string): void {
  if (shape.length !== rank) {
    throw new TypeError(
      `Expected ${what} of rank ${rank}, got shape [${shape}]`,
    );
  }
}

/**
 * Requires one condition about shapes.
 *
 * @throws {TypeError} otherwise, with both shapes
 */
export function requireShapes(
  condition: boolean,
  a: Shape,
  { b, rule }: { b: Shape; rule: string },
): void {
  if (!condition) {
    throw new TypeError(`Expected ${rule}, got [${a}] and [${b}]`);
  }
}
