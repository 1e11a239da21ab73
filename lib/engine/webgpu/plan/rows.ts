import {
  constantNumber,
  isOp,
  type Node,
  sizeOf,
  type Tensor,
  topologicalOrder,
} from "../../../tensor/mod.ts";

type Norm = Node<"rms_norm" | "layer_norm" | "group_norm">;

/** Elements from which on a row is long enough for several workgroups. */
const LONG_ROW = 16384;

/** Rows that keep a machine busy with a workgroup each. */
const MANY_ROWS = 128;

/** Numbers of one row of a softmax or norm: what is normalised together. */
export function rowSize(tensor: Tensor): number {
  if (isOp(tensor, "group_norm") || isOp(tensor, "group_norm_dx")) {
    const { groups } = tensor.attributes;
    return sizeOf(tensor.shape.slice(1)) / groups;
  }
  return tensor.shape.at(-1)!;
}

/**
 * Whether rows are few and long: then the statistics are reductions, which many
 * workgroups share, and what follows them is elementwise.
 */
export function hasFewLongRows(tensor: Tensor): boolean {
  const size = rowSize(tensor);
  return size >= LONG_ROW && sizeOf(tensor.shape) / size < MANY_ROWS;
}

/**
 * Norms of weight 1 whose input is normalised with other weights too, as the
 * gradients of those weights have them. Expanded, they are an elementwise part
 * of the sums that read them, and only their statistics are stored.
 */
export function repeatedNorms(roots: readonly Tensor[]): Set<Tensor> {
  const norms = topologicalOrder(roots).filter(isNorm);
  const weighted = new Set(
    norms.filter((node) => !hasUnitWeight(node)).map(describe),
  );
  return new Set(
    norms.filter((node) => hasUnitWeight(node) && weighted.has(describe(node))),
  );
}

function isNorm(node: Tensor): node is Norm {
  return isOp(node, "rms_norm") || isOp(node, "layer_norm") ||
    isOp(node, "group_norm");
}

function hasUnitWeight({ inputs: [, weight] }: Norm): boolean {
  const isFilled = isOp(weight!, "broadcast");
  return constantNumber(isFilled ? weight.inputs[0]! : weight!) === 1;
}

function describe({ op, inputs: [x], attributes }: Norm): string {
  return `${op} ${x!.id} ${JSON.stringify(attributes)}`;
}
