import assert from "node:assert/strict";
import { createReferenceEngine } from "../../../../lib/engine/reference/mod.ts";
import { measureSpeed } from "../../../../lib/workflow/forecast/mod.ts";
import { openEngine } from "../../../engines.ts";

const { engine, reason } = await openEngine("onnx");
Deno.test.afterAll(() => engine?.close());

Deno.test({
  name: `measureSpeed() measures the CPU engine${
    reason === "" ? "" : ` (ignored: ${reason})`
  }`,
  ignore: engine === undefined,
  async fn() {
    const speed = await measureSpeed(engine!);
    // A machine on which this runs does a billion operations in a second, and
    // none a million billions.
    assert.ok(speed!.flopsPerSecond > 1e9 && speed!.flopsPerSecond < 1e15);
    assert.ok(speed!.bytesPerSecond > 1e8 && speed!.bytesPerSecond < 1e14);
  },
});

Deno.test("measureSpeed() leaves engines alone that are not made for speed", async () => {
  const reference = createReferenceEngine();
  assert.equal(await measureSpeed(reference), undefined);
  await reference.close();
});
