import { FeatureExtractor } from "../../lib/metric/mod.ts";
import { featureNetworkOf } from "../../lib/model/mod.ts";
import { type CountedEngine, hostTensor } from "../../lib/tensor/mod.ts";
import type { Contestant, Work } from "../work.ts";
import { secondsOf } from "./timed.ts";
import { randomWeights } from "./weights.ts";

/** Features of a batch of images, from their bytes on. */
export async function features(
  engine: CountedEngine,
  { network, size, images }: Work<"features">,
): Promise<Contestant> {
  const weights = randomWeights(featureNetworkOf(network).shapes(network));
  const model = { config: network, weights };
  const extractor = await FeatureExtractor.create(engine, model, {
    height: size,
    width: size,
    batch: images,
  });
  const bytes = Uint8Array.from(
    { length: images * size * size * 3 },
    (_, i) => Math.imul(i, 7919) >> 5,
  );
  const given = hostTensor("u8", [images, size, size, 3], bytes);
  return {
    measure: (iterations) => {
      engine.reset();
      return secondsOf(() => extractor.extract(given), iterations);
    },
    close() {
      extractor.dispose();
      return Promise.resolve();
    },
  };
}
