import {
  isOp,
  type Node,
  sizeOf,
  type Tensor,
} from "../../../../tensor/mod.ts";
import { delinearize, fixed, type Index } from "../../wgsl/index.ts";
import { convolution, filterGradient, inputGradient } from "./convolution.ts";
import { declareAsIs, elementsOf, type Problem } from "./problem.ts";

/** The problem that a contraction is. */
export function problemOf(node: Tensor): Problem {
  if (isOp(node, "matmul")) return matrixProduct(node);
  if (isOp(node, "conv2d")) return convolution(node);
  if (isOp(node, "conv2d_dx")) return inputGradient(node);
  if (isOp(node, "conv2d_dw")) return filterGradient(node);
  throw new Error(`internal: ${node.op} is no contraction`);
}

function matrixProduct(node: Node<"matmul">): Problem {
  const { transposeA, transposeB } = node.attributes;
  const [a, b] = node.inputs as [Tensor, Tensor];
  const [m, n] = node.shape.slice(-2) as [number, number];
  const batch = node.shape.slice(0, -2);
  const matrixOf = (x: Tensor, index: Index) => {
    const own = x.shape.slice(0, -2);
    const at = delinearize(index, batch).slice(batch.length - own.length);
    return at.map((c, axis) => own[axis] === 1 ? fixed(0) : c);
  };
  const side = (transposed: boolean) => transposed ? "T" : "";
  return {
    kind: `A${side(transposeA)} B${side(transposeB)}`,
    batch: sizeOf(batch),
    m,
    n,
    k: a.shape.at(transposeA ? -2 : -1)!,
    left: elementsOf(a, ({ b: matrix, outer, k }) => [
      ...matrixOf(a, matrix),
      ...(transposeA ? [k, outer] : [outer, k]),
    ]),
    right: elementsOf(b, ({ b: matrix, outer, k }) => [
      ...matrixOf(b, matrix),
      ...(transposeB ? [outer, k] : [k, outer]),
    ]),
    declare: declareAsIs({ m, n }),
  };
}
