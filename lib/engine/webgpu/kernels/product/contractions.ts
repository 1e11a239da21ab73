import {
  type ContractionOps,
  type Node,
  sizeOf,
  type Tensor,
} from "../../../../tensor/mod.ts";
import { delinearize, fixed, type Index } from "../../wgsl/index.ts";
import { convolution, filterGradient, inputGradient } from "./convolution.ts";
import { declareAsIs, elementsOf, type Problem } from "./problem.ts";

type Contraction = keyof ContractionOps;

const PROBLEMS: {
  readonly [K in Contraction]: (node: Node<K>) => Problem;
} = {
  matmul: matrixProduct,
  conv2d: convolution,
  conv2d_dx: inputGradient,
  conv2d_dw: filterGradient,
};

/** The problem that a contraction is. */
export function problemOf(node: Tensor): Problem {
  return problem(node as Node<Contraction>);
}

function problem<K extends Contraction>(node: Node<K>): Problem {
  return PROBLEMS[node.op](node);
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
