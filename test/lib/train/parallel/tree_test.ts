import assert from "node:assert/strict";
import { createReferenceEngine } from "../../../../lib/engine/reference/mod.ts";
import {
  addInTree,
  isPowerOfTwo,
} from "../../../../lib/train/parallel/tree.ts";
import {
  hostTensor,
  input,
  program,
  type Tensor,
} from "../../../../lib/tensor/mod.ts";

/** What a graph of numbers comes to; leaves are called by their values. */
async function valueOf(
  values: readonly number[],
  build: (leaves: readonly Tensor[]) => Tensor,
): Promise<number> {
  const engine = createReferenceEngine();
  const leaves = values.map((_, i) => input(`x${i}`, []));
  const executable = await engine.compile(program("sum", {
    inputs: Object.fromEntries(leaves.map((leaf, i) => [`x${i}`, leaf])),
    outputs: { y: build(leaves) },
  }));
  const inputs = Object.fromEntries(
    values.map((value, i) =>
      [`x${i}`, hostTensor("f64", [], Float64Array.of(value))] as const
    ),
  );
  const { y } = await engine.run(executable, { inputs });
  return Number((await engine.download(y!)).data[0]);
}

Deno.test("addInTree() adds neighbours, then pairs", async () => {
  // 1 is lost beside 2^53: ((2^53 + 1) + (-2^53 + 1)), not from left to right.
  const values = [2 ** 53, 1, -(2 ** 53), 1];
  assert.equal(await valueOf(values, addInTree), 1);
  assert.equal(values.reduce((a, b) => a + b), 1);
  const others = [1, 2 ** 53, 1, -(2 ** 53), 0.5, 0, 0, 0.25];
  assert.equal(await valueOf(others, addInTree), 1.75);
  assert.equal(others.reduce((a, b) => a + b), 0.75);
});

Deno.test("addInTree() of groups is that of all", async () => {
  const values = Array.from({ length: 16 }, (_, i) => Math.sin(i) * 10 ** i);
  const whole = await valueOf(values, addInTree);
  for (const size of [2, 4, 8]) {
    const inGroups = await valueOf(values, (leaves) =>
      addInTree(
        Array.from(
          { length: 16 / size },
          (_, i) => addInTree(leaves.slice(i * size, (i + 1) * size)),
        ),
      ));
    assert.equal(inGroups, whole);
  }
});

Deno.test("isPowerOfTwo() knows them", () => {
  const found = Array.from({ length: 20 }, (_, i) => i - 1)
    .filter(isPowerOfTwo);
  assert.deepEqual(found, [1, 2, 4, 8, 16]);
  assert.equal(isPowerOfTwo(0.5), false);
});
