import {
  add,
  input,
  matmul,
  mul,
  permute,
  type Program,
  program,
  reshape,
  silu,
  slice,
  square,
  sum,
} from "../../../../lib/tensor/mod.ts";
import {
  type PlanOptions,
  planProgram,
} from "../../../../lib/engine/webgpu/plan/plan.ts";
import { LIMITS } from "./_limits.ts";

function chain(): Program {
  const [x, w] = [input("x", [6, 10]), input("w", [10])];
  const y = silu(add(mul(permute(reshape(x, [2, 3, 10]), [1, 0, 2]), w), 1));
  return program("chain", { inputs: { x, w }, outputs: { y } });
}

function sums(): Program {
  const x = input("x", [40, 30]);
  const outputs = {
    rows: sum(square(x), { axes: [1] }),
    columns: sum(x, { axes: [0] }),
  };
  return program("sums", { inputs: { x }, outputs });
}

function linear(): Program {
  const [x, w, b] = [
    input("x", [96, 64]),
    input("w", [128, 64]),
    input("b", [128]),
  ];
  const y = silu(add(matmul(x, w, { transposeB: true }), b));
  return program("linear", {
    inputs: { x, b },
    state: { w: { value: w } },
    outputs: { y },
  });
}

function fewRows(name = "few-rows"): Program {
  const [x, w] = [input("x", [2, 64]), input("w", [256, 64])];
  const parts = [0, 1].map((i) =>
    matmul(x, slice(w, 0, { start: 128 * i, stop: 128 * (i + 1) }), {
      transposeB: true,
    })
  );
  const y = mul(silu(parts[0]!), parts[1]!);
  return program(name, {
    inputs: { x },
    state: { w: { value: w } },
    outputs: { y },
  });
}

/** A graph, and how its program is planned. */
export interface GoldenGraph {
  readonly built: Program;
  readonly options?: PlanOptions;
}

/**
 * One graph for each thing that may be lost all over: indices through views
 * (chain), ranges of indices and values that are there already (sums), vectors
 * and what shares a kernel (few rows), tiles (linear), words that hold several
 * numbers (bytes).
 */
export const GRAPHS: readonly GoldenGraph[] = [
  { built: chain() },
  { built: sums() },
  { built: fewRows() },
  { built: linear() },
  {
    built: fewRows("bytes-few-rows"),
    options: { formats: new Map([["w", "bytes"]]) },
  },
];

/** Where the text of a graph's kernels is kept. */
export function goldenPath(name: string): URL {
  return new URL(`../../../golden/wgsl/${name}.wgsl`, import.meta.url);
}

/** The kernels of a program as text. */
export function kernelText({ built, options }: GoldenGraph): string {
  return planProgram(built, LIMITS, options).kernels
    .map(({ name, workgroups, wgsl }) =>
      `// ${name}: ${workgroups} workgroups\n${wgsl}`
    )
    .join("\n");
}
