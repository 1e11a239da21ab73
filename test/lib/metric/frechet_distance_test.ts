import assert from "node:assert/strict";
import { featureMoments, frechetDistance } from "../../../lib/metric/mod.ts";
import { hostTensor } from "../../../lib/tensor/mod.ts";
import { near, openGolden } from "./_golden.ts";
import { openScores } from "./_scores.ts";

Deno.test("frechetDistance() matches the recording", async () => {
  const { config, tensor } = await openGolden("metrics");
  const reference = tensor("in/reference");
  const found = frechetDistance(reference, tensor("in/samples"));
  near(found, config.fid!, 1e-9 * config.fid!);
});

Deno.test("frechetDistance() of a set with itself is zero", async () => {
  const { config, tensor } = await openGolden("metrics");
  for (const name of ["in/reference", "in/rank_deficient"]) {
    near(frechetDistance(tensor(name), tensor(name)), config.fid_same!, 1e-9);
  }
});

Deno.test("frechetDistance() takes sets with fewer rows than features", async () => {
  const { tensor } = await openGolden("metrics");
  const few = tensor("in/rank_deficient"), many = tensor("in/reference");
  // By the singular values of the product of the centred sets, in numpy.
  near(frechetDistance(few, many), 29.165159809378395, 1e-9);
  near(frechetDistance(many, few), 29.165159809378395, 1e-9);
});

Deno.test("frechetDistance() follows the formula in one dimension", () => {
  // Means 1 and 5, variances 1 and 4: 16 + 1 + 4 - 2 * 2.
  const a = hostTensor("f64", [3, 1], Float64Array.of(0, 1, 2));
  const b = hostTensor("f64", [3, 1], Float64Array.of(3, 5, 7));
  near(frechetDistance(a, b), 17, 1e-12);
});

Deno.test("frechetDistance() of constant sets is the distance of the means", () => {
  const a = hostTensor("f32", [2, 2], Float32Array.of(0, 0, 0, 0));
  const b = hostTensor("f32", [2, 2], Float32Array.of(3, 4, 3, 4));
  near(frechetDistance(a, b), 25, 1e-12);
});

Deno.test("featureMoments() refuses one row, NaN and other shapes", () => {
  const one = hostTensor("f32", [1, 2], new Float32Array(2));
  const nan = hostTensor("f32", [2, 1], Float32Array.of(0, NaN));
  const flat = hostTensor("f32", [4], new Float32Array(4));
  assert.throws(() => featureMoments(one), RangeError);
  assert.throws(() => featureMoments(nan), /row 1, column 0 is NaN/);
  assert.throws(() => featureMoments(flat), TypeError);
});

Deno.test("featureMoments() of some rows counts repeats", () => {
  const x = hostTensor("f32", [3, 2], Float32Array.of(1, 5, 3, 1, 100, 100));
  const { count, mean, covariance } = featureMoments(x, { rows: [0, 1, 1] });
  assert.equal(count, 3);
  near(mean[0]!, 7 / 3, 1e-12);
  near(mean[1]!, 7 / 3, 1e-12);
  const expected = [4 / 3, -8 / 3, -8 / 3, 16 / 3];
  expected.forEach((value, k) => near(covariance.data[k]!, value, 1e-12));
});

Deno.test("frechetDistance() matches torch-fidelity", async () => {
  const { config, reference, samples } = await openScores();
  // Its means are in float32.
  near(frechetDistance(reference, samples), config.fid!, 1e-6 * config.fid!);
});
