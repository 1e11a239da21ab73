/**
 * The WGSL of small graphs is kept as text, so that a change of the compiler
 * shows as a difference. After a change that is meant to show:
 * `deno run -A test/lib/engine/webgpu/golden_test.ts`
 */
import assert from "node:assert/strict";
import { COMPACT_GRAPHS } from "./_compact_graphs.ts";
import { goldenPath, GRAPHS, kernelText } from "./_golden_graphs.ts";

const TEXTS = new Map([
  ...GRAPHS.map((graph) => [graph.name, kernelText(graph)] as const),
  ...COMPACT_GRAPHS.map(({ graph, options }) =>
    [graph.name, kernelText(graph, options)] as const
  ),
]);

if (import.meta.main) {
  await Deno.mkdir(new URL(".", goldenPath("")), { recursive: true });
  for (const [name, text] of TEXTS) {
    await Deno.writeTextFile(goldenPath(name), text);
  }
} else {
  for (const [name, text] of TEXTS) {
    Deno.test(`the kernels of "${name}" are as they were`, async () => {
      assert.equal(text, await Deno.readTextFile(goldenPath(name)));
    });
  }
}
