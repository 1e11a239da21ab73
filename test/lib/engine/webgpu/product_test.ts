import assert from "node:assert/strict";
import { requireAdapter } from "../../../../lib/cli/mod.ts";
import { createWebGpuEngine } from "../../../../lib/engine/webgpu/mod.ts";
import { VARIANTS } from "../../../../lib/engine/webgpu/kernels/product/variants.ts";
import { add, matmul } from "../../../../lib/tensor/mod.ts";
import { engineAvailable } from "../../../engines.ts";
import {
  checkCase,
  convolutionCase,
  matrixCase,
  type ProductCase,
  runCase,
} from "./product_cases.ts";

const { available } = await engineAvailable("webgpu");

/** Sizes on both sides of every tile's, whole fours and odd ones. */
const MATRICES = [
  matrixCase([2, 68, 132, 36]),
  matrixCase([1, 131, 67, 37], { transposeB: true }),
  matrixCase([3, 20, 36, 20], { transposeA: true }),
  matrixCase([1, 68, 72, 48], { transposeA: true, transposeB: true }),
  {
    what: "products of a matrix with itself",
    shapes: { a: [36, 36] },
    build: ({ a }) => ({
      y: matmul(a!, a!),
      z: add(matmul(a!, a!, { transposeB: true }), a!),
    }),
  } satisfies ProductCase,
];

const CONVOLUTIONS = [
  convolutionCase({
    counts: [2, 3, 5],
    size: 7,
    kernel: 3,
    stride: 1,
    padding: 1,
  }),
  // A phase with one tap beside one with two, and pixels that no filter reaches.
  convolutionCase({
    counts: [2, 4, 3],
    size: 8,
    kernel: 3,
    stride: 2,
    padding: 1,
  }),
  convolutionCase({
    counts: [1, 2, 4],
    size: 8,
    kernel: 4,
    stride: 2,
    padding: 1,
  }),
  convolutionCase({
    counts: [2, 3, 2],
    size: 9,
    kernel: 2,
    stride: 3,
    padding: 0,
  }),
];

for (const { name } of VARIANTS) {
  Deno.test({
    name: `products by "${name}" agree with the reference`,
    ignore: !available,
    fn: async () => {
      const choices = { get: () => name, set: () => {} };
      const engine = await createWebGpuEngine(await requireAdapter(), {
        choices,
        // As the adapters read that the variant is for.
        readsImages: name.startsWith("broadcast"),
      });
      for (const example of MATRICES) await checkCase(engine, example);
      await checkCase(engine, CONVOLUTIONS[1]!);
      await engine.close();
    },
  });
}

Deno.test({
  name: "convolutions of every geometry agree with the reference",
  ignore: !available,
  fn: async () => {
    const engine = await createWebGpuEngine(await requireAdapter());
    for (const example of CONVOLUTIONS) await checkCase(engine, example);
    await engine.close();
  },
});

Deno.test({
  name:
    "sums longer than a loop may be are added in parts, always the same way",
  ignore: !available,
  fn: async () => {
    const engine = await createWebGpuEngine(await requireAdapter());
    const long = matrixCase([1, 24, 5, 140_001], { transposeA: true });
    const one = await runCase(engine, long);
    const other = await runCase(engine, long);
    assert.deepEqual(one.get("y")!.data, other.get("y")!.data);
    await checkCase(engine, long);
    await engine.close();
  },
});
