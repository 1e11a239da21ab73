/**
 * The WGSL of small graphs is kept as text, so that a change of the compiler
 * shows as a difference. After a change that is meant to show:
 * `deno run -A test/lib/engine/webgpu/golden_test.ts`
 */
import assert from "node:assert/strict";
import { goldenPath, GRAPHS, kernelText } from "./_golden_graphs.ts";

if (import.meta.main) {
  await Deno.mkdir(new URL(".", goldenPath("")), { recursive: true });
  for (const graph of GRAPHS) {
    await Deno.writeTextFile(goldenPath(graph.name), kernelText(graph));
  }
} else {
  for (const graph of GRAPHS) {
    Deno.test(`the kernels of "${graph.name}" are as they were`, async () => {
      const known = await Deno.readTextFile(goldenPath(graph.name));
      assert.equal(kernelText(graph), known);
    });
  }
}
