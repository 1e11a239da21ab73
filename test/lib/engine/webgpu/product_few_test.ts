import assert from "node:assert/strict";
import { requireAdapter } from "../../../../lib/cli/mod.ts";
import { createWebGpuEngine } from "../../../../lib/engine/webgpu/mod.ts";
import type { Kernel } from "../../../../lib/engine/webgpu/kernels/code.ts";
import type { KernelLimits } from "../../../../lib/engine/webgpu/kernels/mod.ts";
import { planProgram } from "../../../../lib/engine/webgpu/plan/plan.ts";
import {
  add,
  input,
  layerNorm,
  matmul,
  mul,
  program,
  rmsNorm,
  type Shape,
  silu,
  slice,
  type Tensor,
} from "../../../../lib/tensor/mod.ts";
import { engineAvailable } from "../../../engines.ts";
import { checkCase, matrixCase, type ProductCase } from "./product_cases.ts";

const { available } = await engineAvailable("webgpu");

const LIMITS: KernelLimits = {
  maxBindings: 24,
  windowWords: 2 ** 25,
  sharedBytes: 32768,
  subgroupSize: 32,
  maxInvocations: 256,
  isSoftware: false,
  readsImages: false,
  adapter: "imagined",
};

type Named = Readonly<Record<string, Tensor>>;

/** Rows [start, stop) of a fused weight or bias. */
function part(w: Tensor, i: number, count: number): Tensor {
  const rows = w.shape[0]! / count;
  return slice(w, 0, { start: i * rows, stop: (i + 1) * rows });
}

function affine(x: Tensor, w: Tensor, b: Tensor): Tensor {
  return add(matmul(x, w, { transposeB: true }), b);
}

/** A block of the diffusion head: adaLN, SwiGLU, a gated residual. */
function headBlock(rows: number, width: number): ProductCase {
  const hidden = width + width / 2;
  const shapes: Record<string, Shape> = {
    x: [rows, width],
    t: [rows, width],
    c: [rows, width],
    ada: [3 * width, width],
    adaBias: [3 * width],
    weight: [width],
    bias: [width],
    w1: [2 * hidden, width],
    b1: [2 * hidden],
    w2: [width, hidden],
    b2: [width],
  };
  return {
    what: `head block [${rows}, ${width}]`,
    shapes,
    build: (p: Named) => {
      const y = silu(add(p.t!, p.c!));
      const [scale, shift, gate] = [0, 1, 2].map((i) =>
        affine(y, part(p.ada!, i, 3), part(p.adaBias!, i, 3))
      ) as [Tensor, Tensor, Tensor];
      const normed = layerNorm(p.x!, {
        weight: p.weight!,
        bias: p.bias!,
        epsilon: 1e-6,
      });
      const h = add(mul(normed, scale), shift);
      const [h1, h2] = [0, 1].map((i) =>
        affine(h, part(p.w1!, i, 2), part(p.b1!, i, 2))
      ) as [Tensor, Tensor];
      const out = affine(mul(silu(h1), h2), p.w2!, p.b2!);
      return { y: add(p.x!, mul(out, gate)) };
    },
  };
}

function plannedKernels(
  { what, shapes, build }: ProductCase,
  limits = LIMITS,
): readonly Kernel[] {
  const state = Object.fromEntries(
    Object.entries(shapes).map((
      [name, shape],
    ) => [name, { value: input(name, shape) }]),
  );
  const tensors = Object.fromEntries(
    Object.entries(state).map(([name, { value }]) => [name, value]),
  );
  const made = program(what, { inputs: {}, state, outputs: build(tensors) });
  return planProgram(made, limits).kernels;
}

function kernelNames(example: ProductCase): string[] {
  return plannedKernels(example).map(({ name }) => name);
}

/** Bytes of the memory that a kernel's workgroups share. */
function sharedBytes({ wgsl }: Kernel): number {
  const declared = /var<workgroup> \w+: array<(?:vec(\d)<)?\w+>?, (\d+)>;/g;
  return [...wgsl.matchAll(declared)]
    .reduce(
      (sum, [, lanes, size]) => sum + 4 * Number(lanes ?? 1) * Number(size),
      0,
    );
}

Deno.test("a block of the head takes two kernels beside its modulation", () => {
  assert.deepEqual(kernelNames(headBlock(2, 64)), [
    "matmul+matmul+matmul",
    "matmul+matmul",
    "matmul",
  ]);
});

Deno.test("products of few rows take no more shared memory than there is", () => {
  for (const sharedMemory of [16384, 32768]) {
    for (const rows of [1, 2, 5, 8, 16]) {
      const limits = { ...LIMITS, sharedBytes: sharedMemory };
      for (const kernel of plannedKernels(headBlock(rows, 1024), limits)) {
        const bytes = sharedBytes(kernel);
        assert.ok(
          bytes > 0 && bytes <= sharedMemory,
          `${kernel.name} of ${rows} rows takes ${bytes} of ${sharedMemory}`,
        );
      }
    }
  }
});

Deno.test("products of many rows share no kernel and store their operands", () => {
  const names = kernelNames(headBlock(64, 64));
  assert.equal(names.filter((name) => name === "matmul").length, 6);
  assert.ok(names.includes("layer_norm"));
});

Deno.test("a norm that somebody else reads is stored", () => {
  const names = kernelNames({
    what: "shared norm",
    shapes: { x: [2, 32], weight: [32], w: [8, 32] },
    build: ({ x, weight, w }) => {
      const normed = rmsNorm(x!, weight!, 1e-5);
      return { normed, y: matmul(normed, w!, { transposeB: true }) };
    },
  });
  assert.deepEqual(names, ["rms_norm", "matmul"]);
});

const CASES: readonly ProductCase[] = [
  ...[1, 2, 5, 16].flatMap((rows) => [
    matrixCase([1, rows, 70, 68], { transposeB: true }),
    matrixCase([1, rows, 33, 35], { transposeB: true }),
    matrixCase([1, rows, 40, 36]),
  ]),
  // More terms than fit into shared memory at a time.
  matrixCase([1, 16, 9, 1100], { transposeB: true }),
  matrixCase([1, 3, 9, 5001], { transposeB: true }),
  headBlock(1, 36),
  headBlock(3, 100),
  headBlock(16, 32),
  {
    what: "normed rows",
    shapes: { x: [1, 3, 50], weight: [50], w: [7, 50] },
    build: ({ x, weight, w }) => ({
      y: matmul(
        silu(rmsNorm(x!, weight!, 1e-5)),
        w!,
        { transposeB: true },
      ),
    }),
  },
];

for (const example of CASES) {
  Deno.test({
    name: `few rows: ${example.what} agrees with the reference`,
    ignore: !available,
    fn: async () => {
      const engine = await createWebGpuEngine(await requireAdapter());
      await checkCase(engine, example);
      await engine.close();
    },
  });
}
