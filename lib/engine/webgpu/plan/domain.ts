import {
  hasTrait,
  isOp,
  type Node,
  sizeOf,
  type Tensor,
} from "../../../tensor/mod.ts";
import { delinearize, type Index, plus, symbol, times } from "../wgsl/index.ts";
import { loweringOf } from "./graph.ts";
import { rowSize } from "./rows.ts";

/**
 * The indices over which the kernels of a tensor run, as coordinates of the
 * tensor: variables by these names hold them where its elements are written.
 */
export function domainOf(tensor: Tensor): Index[] {
  const lowering = loweringOf(tensor);
  if (lowering.kind !== "kernel") return linearDomain(tensor);
  switch (lowering.family) {
    case "rows":
      return rowDomain(tensor);
    case "product":
      return isOp(tensor, "matmul")
        ? matrixDomain(tensor)
        : convolutionDomain(tensor);
    case "attention":
      return headDomain(tensor);
    default:
      return linearDomain(tensor);
  }
}

/** Element `i` in row-major order. */
export function linearDomain({ shape }: Tensor): Index[] {
  return delinearize(symbol("i", sizeOf(shape)), shape);
}

/** Element `e` of row `r`. */
function rowDomain(tensor: Tensor): Index[] {
  const size = rowSize(tensor);
  const rows = sizeOf(tensor.shape) / size;
  const position = plus(
    times(symbol("r", rows), size),
    symbol("e", size),
  );
  return delinearize(position, tensor.shape);
}

/** Row `m` and column `n` of matrix `b`. */
function matrixDomain({ shape }: Node<"matmul">): Index[] {
  const [rows, columns] = shape.slice(-2) as [number, number];
  const batch = shape.slice(0, -2);
  return [
    ...delinearize(symbol("b", sizeOf(batch)), batch),
    symbol("m", rows),
    symbol("n", columns),
  ];
}

/** Element `e` of row `q` of head `h`; for gradients of keys and values the row is a key. */
function headDomain({ shape }: Tensor): Index[] {
  const [batch, heads, rows, width] = shape as [number, number, number, number];
  return [
    ...delinearize(symbol("h", batch * heads), [batch, heads]),
    symbol("q", rows),
    symbol("e", width),
  ];
}

/**
 * Convolutions are products too. Images: channel `m` of pixel `n` of all
 * images; filters: filter `m`, and `n` for the rest.
 */
function convolutionDomain(tensor: Tensor): Index[] {
  if (!hasTrait(tensor, "contraction")) {
    throw new Error(`internal: ${tensor.op} is no convolution`);
  }
  const [first, second, ...rest] = tensor.shape as [number, number];
  if (isOp(tensor, "conv2d_dw")) {
    const inner = [second, ...rest];
    return [
      symbol("m", first),
      ...delinearize(symbol("n", sizeOf(inner)), inner),
    ];
  }
  const [image, ...pixel] = delinearize(
    symbol("n", first * sizeOf(rest)),
    [first, ...rest],
  );
  return [image!, symbol("m", second), ...pixel];
}
