import assert from "node:assert/strict";
import { PerceptualDistances } from "../../../lib/metric/mod.ts";
import {
  PERCEPTUAL_NETWORKS,
  perceptualDistance,
  type Vgg16Config,
} from "../../../lib/model/mod.ts";
import { RandomStream } from "../../../lib/random/mod.ts";
import { constantArray, hostTensor } from "../../../lib/tensor/mod.ts";
import { testOnEngines } from "../../engines.ts";
import { constants, evaluate, randomWeights } from "../model/_models.ts";
import { near } from "./_golden.ts";

const SIDE = 8;
const NETWORK: Vgg16Config = {
  name: "vgg16-lpips",
  widths: [4, 6],
  repeats: [1, 1],
};

const LPIPS = PERCEPTUAL_NETWORKS["vgg16-lpips"];
const WEIGHTS = randomWeights(LPIPS.shapes(NETWORK));

/** Images of random bytes. */
function bytes(count: number, seed: number) {
  const draws = new RandomStream({ seed, stream: "bytes" });
  const data = Uint8Array.from(
    { length: count * SIDE * SIDE * 3 },
    () => draws.integer(256),
  );
  return hostTensor("u8", [count, SIDE, SIDE, 3], data);
}

await testOnEngines({
  "PerceptualDistances are those of the graph, image by image": async (
    engine,
  ) => {
    const images = bytes(3, 1), reference = bytes(3, 2);
    const planes = ({ data }: typeof images) => {
      const values: number[] = [];
      for (let n = 0; n < 3; n++) {
        for (let channel = 0; channel < 3; channel++) {
          for (let at = 0; at < SIDE * SIDE; at++) {
            const byte = data[(n * SIDE * SIDE + at) * 3 + channel]!;
            values.push(byte / 127.5 - 1);
          }
        }
      }
      return constantArray([3, 3, SIDE, SIDE], values);
    };
    const { expected } = await evaluate({
      expected: perceptualDistance(LPIPS, constants(WEIGHTS), {
        image: planes(reference),
        reconstruction: planes(images),
        config: NETWORK,
      }),
    });
    const distances = await PerceptualDistances.create(engine, {
      network: NETWORK,
      weights: WEIGHTS,
      height: SIDE,
      width: SIDE,
      batch: 2,
    });
    const found = await distances.of({ images, reference });
    const largest = Math.max(...expected.data.map(Math.abs));
    assert.ok(largest > 0);
    found.forEach((value, k) => near(value, expected.data[k]!, 1e-4 * largest));
    const same = await distances.of({ images, reference: images });
    assert.deepEqual([...same], [0, 0, 0]);
    const other = hostTensor("u8", [1, 2, 2, 3], new Uint8Array(12));
    await assert.rejects(
      distances.of({ images: other, reference: other }),
      /images of 2 x 2: expected 8 x 8/,
    );
    distances.dispose();
  },
});
