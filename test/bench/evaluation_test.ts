import assert from "node:assert/strict";
import { measureEvaluation } from "../../bench/evaluation/mod.ts";
import { createOnnxEngine } from "../../lib/engine/onnx/mod.ts";

Deno.test("bench evaluation measures time, memory and shares of the peak", async () => {
  const engine = await createOnnxEngine();
  try {
    const sizes = { width: 32, references: 40, samples: 50 };
    const found = await measureEvaluation(engine, {
      ...sizes,
      rounds: 2,
      wait: 1,
    });
    assert.deepEqual(found.sizes, sizes);
    assert.equal(found.frechet.seconds.runs, 2);
    assert.equal(found.frechet.flops, Number((3 * 32 ** 3).toPrecision(4)));
    // Pairs of references, of samples, and of both.
    const flops = 2 * 32 * (800 + 1250 + 2000);
    assert.equal(found.manifold.flops, Number(flops.toPrecision(4)));
    for (
      const { seconds, processorSeconds, share } of [
        found.frechet,
        found.manifold,
      ]
    ) {
      assert.ok(seconds.min > 0 && processorSeconds.min >= 0);
      assert.ok(share > 0 && share < 1);
    }
    assert.ok(found.manifold.highestBytes > 1e7);
  } finally {
    await engine.close();
  }
});
