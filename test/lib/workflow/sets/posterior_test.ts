import assert from "node:assert/strict";
import { PAPER_LAW } from "../../../../lib/model/mod.ts";
import { type HostTensor, hostTensor } from "../../../../lib/tensor/mod.ts";
import {
  type HostPosterior,
  readPosterior,
  scaledPosterior,
  storedPosterior,
} from "../../../../lib/workflow/sets/mod.ts";

const GAUSSIAN = { posterior: "gaussian", normalize: "none" } as const;

/** Unit vectors of 16 numbers, and concentrations that f16 cannot hold. */
function directions(): HostPosterior {
  const mu = Float32Array.from({ length: 3 * 16 }, (_, i) => Math.sin(i + 1));
  for (let start = 0; start < mu.length; start += 16) {
    const vector = mu.subarray(start, start + 16);
    const length = Math.hypot(...vector);
    vector.forEach((value, i) => vector[i] = value / length);
  }
  const kappa = Float32Array.of(1, 1000.123, 1e6);
  return {
    mu: hostTensor("f32", [1, 3, 16], mu),
    kappa: hostTensor("f32", [1, 3], kappa),
  };
}

Deno.test("halved directions come back with length 1, near where they were", () => {
  const posterior = directions();
  const stored = storedPosterior(posterior, PAPER_LAW, "f16");
  assert.equal(stored.mu.dtype, "f16");
  assert.equal(stored.kappa, posterior.kappa);
  const read = readPosterior(stored, PAPER_LAW);
  const mu = read.mu as HostTensor<"f32">;
  assert.equal(mu.dtype, "f32");
  for (let start = 0; start < mu.data.length; start += 16) {
    const found = mu.data.subarray(start, start + 16);
    const wanted = posterior.mu.data.subarray(start, start + 16);
    // As near as f32 is, where f16 alone would be off by up to 2^-11.
    assert.ok(Math.abs(Math.hypot(...found) - 1) <= 1e-7);
    found.forEach((value, i) =>
      assert.ok(Math.abs(value - wanted[i]!) <= 2 ** -11)
    );
  }
  assert.equal(read.kappa, posterior.kappa);
});

Deno.test("numbers of 32 bits are stored and read as they are", () => {
  const posterior = directions();
  const stored = storedPosterior(posterior, PAPER_LAW, "f32");
  assert.deepEqual(readPosterior(stored, PAPER_LAW), posterior);
});

Deno.test("vectors off the sphere keep their lengths when they are halved", () => {
  const posterior = {
    mu: hostTensor("f32", [1, 2], Float32Array.of(3, -0.25)),
    sigma: hostTensor("f32", [1, 2], Float32Array.of(2 ** -20, 1 + 2 ** -12)),
  };
  const read = readPosterior(
    storedPosterior(posterior, GAUSSIAN, "f16"),
    GAUSSIAN,
  );
  assert.deepEqual(read.mu.data, Float32Array.of(3, -0.25));
  assert.deepEqual(read.sigma!.data, Float32Array.of(2 ** -20, 1));
  const large = { mu: hostTensor("f32", [1, 1], Float32Array.of(1e5)) };
  assert.throws(
    () => storedPosterior(large, GAUSSIAN, "f16"),
    /element 0 is 100000/,
  );
});

Deno.test("scaledPosterior() multiplies every part", () => {
  const posterior = {
    mu: hostTensor("f32", [1, 2], Float32Array.of(3, -0.25)),
    sigma: hostTensor("f32", [1, 2], Float32Array.of(1, 2)),
  };
  const scaled = scaledPosterior(posterior, 2);
  assert.deepEqual(scaled.mu.data, Float32Array.of(6, -0.5));
  assert.deepEqual(scaled.sigma!.data, Float32Array.of(2, 4));
  assert.equal(scaledPosterior(posterior, 1), posterior);
});
