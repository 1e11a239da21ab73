import assert from "node:assert/strict";
import {
  featureMoments,
  frechetDistanceOfMoments,
  frechetInterval,
  frechetLimit,
} from "../../../lib/metric/mod.ts";
import { RandomStream } from "../../../lib/random/mod.ts";
import { hostTensor } from "../../../lib/tensor/mod.ts";
import { near } from "./_golden.ts";

/** Normal features [count, 4] around `mean`. */
function features(count: number, seed: number, mean = 0) {
  const draws = new RandomStream({ seed, stream: "features" });
  const data = Float32Array.from(
    { length: 4 * count },
    () => mean + draws.normal(),
  );
  return hostTensor("f32", [count, 4], data);
}

const reference = featureMoments(features(20_000, 1));

Deno.test("frechetLimit() takes most of the bias of few samples away", async () => {
  const samples = features(400, 2);
  const whole = featureMoments(samples);
  const biased = frechetDistanceOfMoments(whole, reference);
  const limit = await frechetLimit({ samples, reference, seed: 1 });
  // Of equal laws, whose distance is zero.
  assert.ok(Math.abs(limit) < biased / 2, `${limit} of ${biased}`);
  assert.equal(await frechetLimit({ samples, reference, seed: 1 }), limit);
  await assert.rejects(
    frechetLimit({ samples: features(19, 2), reference, seed: 1 }),
    /expected 20 or more of them, got 19/,
  );
});

Deno.test("frechetInterval() covers distances of other samples", async () => {
  const samples = features(400, 2, 0.5);
  let told = 0;
  const { low, high } = await frechetInterval({
    samples,
    reference,
    seed: 1,
    onDistance: () => told++,
  });
  assert.equal(told, 50);
  const distance = frechetDistanceOfMoments(featureMoments(samples), reference);
  near((low + high) / 2, distance, 1e-12);
  // The spread of the distances of sixty other sets.
  const others = Array.from(
    { length: 60 },
    (_, k) =>
      frechetDistanceOfMoments(
        featureMoments(features(400, 3 + k, 0.5)),
        reference,
      ),
  );
  const mean = others.reduce((a, b) => a + b) / others.length;
  const spread = Math.sqrt(
    others.reduce((sum, one) => sum + (one - mean) ** 2, 0) / others.length,
  );
  const found = (high - low) / 2 / 1.96;
  assert.ok(found > spread / 2 && found < 2 * spread, `${found}, ${spread}`);
});
