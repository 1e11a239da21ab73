import assert from "node:assert/strict";
import { inceptionScore } from "../../../lib/metric/mod.ts";
import { hostTensor } from "../../../lib/tensor/mod.ts";
import { near, openGolden } from "./_golden.ts";

Deno.test("inceptionScore() matches the recording", async () => {
  const { config, tensor } = await openGolden("metrics");
  const found = inceptionScore(tensor("in/logits"), { split: 100 });
  const expected = config.inception_score_splits_of_100!;
  near(found, expected, 1e-6 * expected);
});

Deno.test("inceptionScore() is 1 for equal rows and n for certain classes", () => {
  const equal = hostTensor("f64", [3, 2], Float64Array.of(1, 2, 1, 2, 1, 2));
  const certain = hostTensor("f64", [2, 2], Float64Array.of(900, 0, 0, 900));
  near(inceptionScore(equal), 1, 1e-12);
  near(inceptionScore(certain), 2, 1e-12);
});

Deno.test("inceptionScore() refuses an empty set", () => {
  const empty = hostTensor("f32", [0, 10], new Float32Array(0));
  assert.throws(() => inceptionScore(empty), RangeError);
});
