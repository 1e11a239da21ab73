import assert from "node:assert/strict";
import { measureAgreement } from "../../bench/weights/agreement.ts";
import { PARTS } from "../../bench/weights/parts.ts";
import { randomGenerator } from "../../bench/weights/random_model.ts";
import { createReferenceEngine } from "../../lib/engine/reference/mod.ts";
import { arShapes, vaeShapes } from "../../lib/model/mod.ts";
import type { Engine } from "../../lib/tensor/mod.ts";
import { openEngine } from "../engines.ts";
import { AR, randomWeights, VAE } from "../lib/model/_models.ts";

const SMALL = {
  ar: { config: AR, weights: randomWeights(arShapes(AR)) },
  vae: { config: VAE, weights: randomWeights(vaeShapes(VAE)) },
};

/** The reference, of whose downloads one number is changed. */
function off(change: (value: number) => number): Engine {
  const engine = createReferenceEngine();
  const download = engine.download.bind(engine);
  engine.download = async (tensor) => {
    const found = await download(tensor);
    found.data[0] = change(found.data[0]!);
    return found;
  };
  return engine;
}

Deno.test("measureAgreement() tells an engine that is off or makes NaN", async () => {
  const measure = (engine: Engine) =>
    measureAgreement(SMALL, { engine, parts: PARTS });
  const same = await measure(createReferenceEngine());
  const numbers = PARTS.map((part) => same[part]!.numbers);
  assert.ok(numbers.every((count) => count > 0), numbers.join());
  const [far, lost] = [
    await measure(off((x) => x + 1)),
    await measure(off(() => NaN)),
  ];
  for (const part of PARTS) {
    assert.deepEqual([same[part]!.farthest, same[part]!.isClose], [0, true]);
    assert.ok(far[part]!.farthest > 0.05 && !far[part]!.isClose, part);
    assert.ok(!lost[part]!.isClose, part);
  }
});

const { engine, reason } = await openEngine("onnx");
Deno.test.afterAll(() => engine?.close());
const ignored = reason === "" ? "" : ` (ignored: ${reason})`;

Deno.test({
  name: `SphereAR-B at 256 px, all of it, agrees with the reference in the ` +
    `last token and its solver steps, on onnx${ignored}`,
  ignore: engine === undefined,
  async fn() {
    const generator = randomGenerator({ size: "B", side: 256 }, "f32");
    const parts = ["token", "modulate", "solve"] as const;
    const found = await measureAgreement(generator, {
      engine: engine!,
      parts,
    });
    for (const part of parts) {
      const { isClose, farthest } = found[part]!;
      assert.ok(isClose, `${part}: ${farthest}`);
    }
  },
});
