import assert from "node:assert/strict";
import { createReferenceEngine } from "../../../lib/engine/reference/mod.ts";
import { FeatureExtractor } from "../../../lib/metric/mod.ts";
import { classifierSpecs } from "../../../lib/model/mod.ts";
import { initialize } from "../../../lib/nn/mod.ts";
import { RandomStream } from "../../../lib/random/mod.ts";
import { hostTensor } from "../../../lib/tensor/mod.ts";

const config = {
  name: "classifier" as const,
  image_size: 4,
  channels: [4],
  features: 2,
  num_classes: 3,
};

Deno.test("FeatureExtractor gives an image the same features in any set", async () => {
  const weights = initialize(
    classifierSpecs(config),
    (name) => new RandomStream({ seed: 1, stream: name }),
  );
  const engine = createReferenceEngine();
  const extractor = await FeatureExtractor.create(engine, { config, weights }, {
    height: 4,
    width: 4,
  });
  // More than one batch, the last one not full.
  const count = 70, size = 48;
  const data = Uint8Array.from({ length: count * size }, (_, k) => k * 31);
  const images = hostTensor("u8", [count, 4, 4, 3], data);
  const all = await extractor.extract(images);
  const last = hostTensor("u8", [1, 4, 4, 3], data.slice(69 * size));
  const one = await extractor.extract(last);
  assert.deepEqual(all.features!.shape, [70, 2]);
  assert.deepEqual(all.logits!.shape, [70, 3]);
  assert.deepEqual([...all.features!.data.slice(138)], [...one.features!.data]);
  assert.deepEqual([...all.logits!.data.slice(207)], [...one.logits!.data]);
  const wrong = hostTensor("u8", [1, 2, 4, 3], new Uint8Array(24));
  await assert.rejects(extractor.extract(wrong), TypeError);
  await engine.close();
});
