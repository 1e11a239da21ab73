import assert from "node:assert/strict";
import { createOnnxEngine } from "../../../../lib/engine/onnx/mod.ts";
import { engineAvailable } from "../../../engines.ts";

const { available } = await engineAvailable("onnx");

Deno.test({
  name: "measurePeak() finds what no processor is below or above",
  ignore: !available,
  fn: async () => {
    const engine = await createOnnxEngine();
    try {
      const { flopsPerSecond, bytesPerSecond } = await engine.measurePeak();
      assert.ok(flopsPerSecond > 1e8 && flopsPerSecond < 1e15);
      assert.ok(bytesPerSecond > 1e7 && bytesPerSecond < 1e14);
    } finally {
      await engine.close();
    }
  },
});
