import assert from "node:assert/strict";
import fc from "fast-check";
import {
  featureMoments,
  frechetDistance,
  symmetricEigenvalues,
} from "../../../lib/metric/mod.ts";
import { hostTensor } from "../../../lib/tensor/mod.ts";
import { near, openGolden } from "./_golden.ts";

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

Deno.test("symmetricEigenvalues() takes entries whose squares are zero", () => {
  for (const entry of [1e-200, 1e-296, 5e-324]) {
    const data = new Float64Array([0, entry, entry, 0]);
    const found = symmetricEigenvalues({ rows: 2, columns: 2, data });
    const limit = Math.max(1e-12 * entry, 1e-288);
    assert.ok(Math.abs(found[0]! + entry) <= limit, `${found}`);
    assert.ok(Math.abs(found[1]! - entry) <= limit, `${found}`);
  }
});

Deno.test("symmetricEigenvalues() keeps trace, norm and known spectra", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 24 }).chain((n) =>
        fc.tuple(
          fc.constant(n),
          fc.array(fc.double({ min: -10, max: 10, noNaN: true }), {
            minLength: n * n,
            maxLength: n * n,
          }),
        )
      ),
      ([n, values]) => {
        const data = new Float64Array(n * n);
        for (let i = 0; i < n; i++) {
          for (let j = 0; j < n; j++) {
            data[i * n + j] = values[Math.min(i, j) * n + Math.max(i, j)]!;
          }
        }
        const found = symmetricEigenvalues({ rows: n, columns: n, data });
        const trace = found.reduce((sum, value) => sum + value, 0);
        const squares = found.reduce((sum, value) => sum + value * value, 0);
        let diagonal = 0;
        for (let i = 0; i < n; i++) diagonal += data[i * n + i]!;
        near(trace, diagonal, 1e-11 * n * 10);
        const norm = data.reduce((sum, value) => sum + value * value, 0);
        near(squares, norm, 1e-11 * (1 + norm));
      },
    ),
  );
});

Deno.test("symmetricEigenvalues() finds the second difference's spectrum", () => {
  const n = 40;
  const data = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    data[i * n + i] = 2;
    if (i > 0) data[i * n + i - 1] = data[(i - 1) * n + i] = -1;
  }
  const found = symmetricEigenvalues({ rows: n, columns: n, data });
  found.forEach((value, k) =>
    near(value, 2 - 2 * Math.cos((k + 1) * Math.PI / (n + 1)), 1e-13)
  );
});
