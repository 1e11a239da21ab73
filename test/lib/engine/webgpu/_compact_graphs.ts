import {
  gather,
  input,
  layerNorm,
  matmul,
  type Program,
  program,
  silu,
} from "../../../../lib/tensor/mod.ts";
import type { PlanOptions } from "../../../../lib/engine/webgpu/plan/plan.ts";
import type { Format } from "../../../../lib/engine/webgpu/wgsl/storage.ts";
import { attendsCache, fewRows, linear } from "./_golden_graphs.ts";

/** A graph with how its tensors are kept. */
export interface CompactGraph {
  readonly graph: Program;
  readonly options: PlanOptions;
}

/** Two layers and a norm, with something to keep between all three. */
export function layers(): Program {
  const [x, weight, bias] = [
    input("x", [40, 32]),
    input("weight", [32]),
    input("bias", [32]),
  ];
  const [first, second] = [input("first", [48, 32]), input("second", [32, 48])];
  const hidden = silu(matmul(x, first, { transposeB: true }));
  const y = matmul(hidden, second, { transposeB: true });
  return program("half-layers", {
    inputs: { x, weight, bias },
    state: { first: { value: first }, second: { value: second } },
    outputs: { y: layerNorm(y, { weight, bias, epsilon: 1e-6 }) },
  });
}

/** Rows of a matrix of bytes, whose width is no multiple of four. */
function rows(): Program {
  const [w, at] = [input("w", [7, 130]), input("at", [3], "i32")];
  return program("bytes-rows", {
    inputs: { at },
    state: { w: { value: w } },
    outputs: { y: gather(w, at) },
  });
}

function keptAs(format: Format, names: readonly string[]): PlanOptions {
  return { formats: new Map(names.map((name) => [name, format])) };
}

/** Small graphs, each of one thing that is kept in fewer bits. */
export const COMPACT_GRAPHS: readonly CompactGraph[] = [
  { graph: layers(), options: { half: true } },
  { graph: attendsCache("half-cache"), options: { half: true } },
  {
    graph: fewRows("half-words-few-rows"),
    options: keptAs("half words", ["w"]),
  },
  { graph: linear("half-words-linear"), options: keptAs("half words", ["w"]) },
  { graph: fewRows("bytes-few-rows"), options: keptAs("bytes", ["w"]) },
  { graph: linear("bytes-linear"), options: keptAs("bytes", ["w"]) },
  { graph: rows(), options: keptAs("bytes", ["w"]) },
];
