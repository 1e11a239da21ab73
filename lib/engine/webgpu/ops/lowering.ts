import type {
  CompositeName,
  Node,
  OpName,
  PrimitiveName,
  Tensor,
} from "../../../tensor/mod.ts";
import type { FunctionName } from "../wgsl/functions.ts";
import type { Index } from "../wgsl/index.ts";
import type { Writer } from "../wgsl/writer.ts";

/** The kernel that an op is written into, as far as an op needs to know it. */
export interface OpCode {
  readonly writer: Writer;
  /** The value of a tensor at an index of the kernel. */
  evaluate(tensor: Tensor, coordinates: readonly Index[]): string;
  /** Reads an element of a stored tensor. */
  read(tensor: Tensor, coordinates: readonly Index[]): string;
  /** Makes a function known and returns its name. */
  call(name: FunctionName): FunctionName;
}

/** An op that combines the values of its inputs at its own index. */
export interface Expression<K extends OpName = OpName> {
  readonly kind: "expression";
  /** About how many additions it costs. */
  readonly cost: number;
  /** The expression of a result from those of its inputs. */
  write(
    values: readonly string[],
    node: Node<K>,
    code: OpCode,
  ): string;
}

/** An op that is computed where it is read, from its inputs at other indices. */
export interface View<K extends OpName = OpName> {
  readonly kind: "view";
  /** About how many additions it costs. */
  readonly cost: number;
  /** Whether it is one element of its first input, by arithmetic on indices alone. */
  readonly movesOnly: boolean;
  write(
    node: Node<K>,
    coordinates: readonly Index[],
    code: OpCode,
  ): string;
  /**
   * Where the element at `coordinates` of the input ends up, for ops that keep
   * every element.
   */
  forward?(node: Node<K>, coordinates: readonly Index[]): Index[];
}

/** An op with kernels of its own. */
export interface Kernels {
  readonly kind: "kernel";
  /** The kernels' family. */
  readonly family:
    | "reduce"
    | "rows"
    | "product"
    | "attention"
    | "scatter";
  /**
   * Whether its kernels read an input that is computed where it is read; else
   * only views of stored tensors.
   */
  readonly readsExpressions: boolean;
  /** The indices over which they run (plan/domain.ts). */
  readonly domain: Domain;
}

/** What the kernels of an op write one after another. */
export type Domain =
  /** Elements in row-major order. */
  | "elements"
  /** Rows, each with its elements. */
  | "rows"
  /** Matrices, each with its rows and columns. */
  | "matrices"
  /** Channels of images, each with the pixels of all. */
  | "images"
  /** Filters, each with its numbers. */
  | "filters"
  /** Heads, each with its rows and their elements. */
  | "heads";

/** How an op is computed on this engine. */
export type Lowering<K extends OpName = OpName> =
  | Expression<K>
  | View<K>
  | Kernels;

/** One lowering an op; composites may be expanded instead. */
export type LoweringTable =
  & { readonly [K in PrimitiveName]: Lowering<K> }
  & { readonly [K in CompositeName]: Lowering<K> | "expand" };

/** Whether a value is computed where it is read. */
export function isVirtual(
  lowering: Lowering | "expand",
): lowering is Expression | View {
  return lowering !== "expand" && lowering.kind !== "kernel";
}
