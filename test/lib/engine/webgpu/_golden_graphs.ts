import {
  add,
  apply,
  attention,
  broadcastTo,
  cachedAttention,
  concat,
  conv2d,
  gather,
  grad,
  input,
  layerNorm,
  matmul,
  mul,
  normal,
  permute,
  type Program,
  program,
  reshape,
  rmsNorm,
  scalar,
  scatterAdd,
  silu,
  slice,
  softmax,
  square,
  sub,
  sum,
  updateSlice,
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

function tiles(): Program {
  const [a, b] = [input("a", [3, 5]), input("b", [3, 4])];
  const y = concat([slice(a, 1, { start: 1, stop: 4 }), b], 1);
  return program("tiles", { inputs: { a, b }, outputs: { y } });
}

function sums(): Program {
  const x = input("x", [40, 30]);
  const outputs = {
    rows: sum(square(x), { axes: [1] }),
    columns: sum(x, { axes: [0] }),
  };
  return program("sums", { inputs: { x }, outputs });
}

function bigSum(): Program {
  const x = input("x", [1000, 1000]);
  return program("big-sum", { inputs: { x }, outputs: { y: sum(x) } });
}

function norms(): Program {
  const [x, w, b] = [input("x", [9, 48]), input("w", [48]), input("b", [48])];
  const outputs = {
    rms: rmsNorm(x, w, 1e-6),
    layer: layerNorm(x, { weight: w, bias: b, epsilon: 1e-6 }),
    soft: softmax(x),
  };
  return program("norms", { inputs: { x, w, b }, outputs });
}

export function linear(name = "linear"): Program {
  const [x, w, b] = [
    input("x", [96, 64]),
    input("w", [128, 64]),
    input("b", [128]),
  ];
  const y = silu(add(matmul(x, w, { transposeB: true }), b));
  return program(name, {
    inputs: { x, b },
    state: { w: { value: w } },
    outputs: { y },
  });
}

export function fewRows(name = "few-rows"): Program {
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

function convolutions(): Program {
  const [x, w] = [input("x", [2, 4, 8, 8]), input("w", [6, 4, 3, 3])];
  const y = conv2d(x, w, { stride: 2, padding: 1 });
  const [dx, dw] = grad(sum(square(y)), [x, w]);
  return program("convolutions", {
    inputs: { x, w },
    outputs: { y, dx: dx!, dw: dw! },
  });
}

function attends(): Program {
  const shape = [1, 2, 6, 8];
  const [q, k, v] = [input("q", shape), input("k", shape), input("v", shape)];
  const y = attention([q, k, v], { causal: true, scale: 0.5 });
  const [dq, dk, dv] = grad(sum(square(y)), [q, k, v]);
  return program("attends", {
    inputs: { q, k, v },
    outputs: { y, dq: dq!, dk: dk!, dv: dv! },
  });
}

export function attendsCache(name = "attends-cache"): Program {
  const [rows, cache] = [[1, 2, 1, 8], [1, 2, 12, 8]];
  const [q, k, v] = [input("q", rows), input("k", rows), input("v", rows)];
  const [keys, values] = [input("keys", cache), input("values", cache)];
  const position = input("position", [], "i32");
  const y = cachedAttention({ q, k, v, keys, values, position, scale: 0.5 });
  const at = { start: position, axis: 2 };
  return program(name, {
    inputs: { q, k, v, position },
    state: {
      keys: { value: keys, next: updateSlice(keys, k, at) },
      values: { value: values, next: updateSlice(values, v, at) },
    },
    outputs: { y },
  });
}

function rows(): Program {
  const [table, indices] = [input("table", [7, 5]), input("at", [4], "i32")];
  const read = gather(table, indices);
  const outputs = { read, summed: scatterAdd(indices, read, 7) };
  return program("rows", { inputs: { table, at: indices }, outputs });
}

function draws(): Program {
  const source = {
    key: input("key", [2], "u32"),
    rows: input("rows", [3], "u32"),
    step: input("step", [], "u32"),
  };
  const y = normal(source, { shape: [5], stream: 3 });
  return program("draws", { inputs: source, outputs: { y } });
}

function optimizer(): Program {
  const [g, rate] = [input("g", [300]), input("rate", [])];
  const [p, m] = [input("p", [300]), input("m", [300])];
  const nextM = add(mul(m, 0.9), mul(g, 0.1));
  return program("optimizer", {
    inputs: { g, rate },
    state: {
      p: { value: p, next: sub(p, mul(nextM, rate)) },
      m: { value: m, next: nextM },
    },
  });
}

function normGradient(): Program {
  const [x, w] = [input("x", [8, 32]), input("w", [32])];
  const y = apply("rms_norm", [x, w], { epsilon: 1e-6 });
  const dy = broadcastTo(scalar(1), [8, 32]);
  const [dx, dw] = grad(sum(mul(square(y), dy)), [x, w]);
  return program("norm-gradient", {
    inputs: { x, w },
    outputs: { dx: dx!, dw: dw! },
  });
}

/** Small graphs, each of one thing that kernels are written for. */
export const GRAPHS: readonly Program[] = [
  chain(),
  tiles(),
  sums(),
  bigSum(),
  norms(),
  normGradient(),
  linear(),
  fewRows(),
  convolutions(),
  attends(),
  attendsCache(),
  rows(),
  draws(),
  optimizer(),
];

/** Where the text of a graph's kernels is kept. */
export function goldenPath(name: string): URL {
  return new URL(`../../../golden/wgsl/${name}.wgsl`, import.meta.url);
}

/** The kernels of a program as text. */
export function kernelText(built: Program, options?: PlanOptions): string {
  return planProgram(built, LIMITS, options).kernels
    .map(({ name, workgroups, wgsl }) =>
      `// ${name}: ${workgroups} workgroups\n${wgsl}`
    )
    .join("\n");
}
