/**
 * The WGSL of five small graphs is kept as text, for faults that no number shows:
 * kernels that are right and slow. Without its rules for sums of quotients and
 * rests, with divisions that are not split, ranges of rests unused, values
 * computed twice, single loads for vectors, or a kernel for each half of SwiGLU,
 * the compiler passed comparisons with the reference, and all but two tests of
 * its plans and indices; each of these changes showed in at least one of these
 * texts, and sixteen texts more showed none that they do not.
 *
 * After a change that is meant to show:
 * `deno run -A test/lib/engine/webgpu/golden_test.ts`
 */
import assert from "node:assert/strict";
import { goldenPath, GRAPHS, kernelText } from "./_golden_graphs.ts";

if (import.meta.main) {
  for (const graph of GRAPHS) {
    await Deno.writeTextFile(goldenPath(graph.built.name), kernelText(graph));
  }
} else {
  for (const graph of GRAPHS) {
    const { name } = graph.built;
    Deno.test(`the kernels of "${name}" are as they were`, async () => {
      const kept = await Deno.readTextFile(goldenPath(name));
      assert.equal(kernelText(graph), kept);
    });
  }
}
