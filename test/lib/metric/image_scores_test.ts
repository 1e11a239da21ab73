import assert from "node:assert/strict";
import {
  classAccuracy,
  mean,
  median,
  nearestImages,
  peakSignalNoise,
  structuralSimilarity,
} from "../../../lib/metric/mod.ts";
import { type HostTensor, hostTensor } from "../../../lib/tensor/mod.ts";
import { near } from "./_golden.ts";

const SIZE = 13;

/** Images whose value k is `value(k)`, k counted over the whole batch. */
function images(
  count: number,
  value: (k: number) => number,
): HostTensor<"u8"> {
  const length = count * SIZE * SIZE * 3;
  const data = Uint8Array.from({ length }, (_, k) => value(k));
  return hostTensor("u8", [count, SIZE, SIZE, 3], data);
}

Deno.test("peakSignalNoise() follows the formula image by image", () => {
  const size = SIZE * SIZE * 3;
  const reference = images(2, () => 100);
  const found = peakSignalNoise({
    images: images(2, (k) => k < size ? 110 : 100),
    reference,
  });
  near(found[0]!, 20 * Math.log10(255 / 10), 1e-12);
  assert.equal(found[1], Infinity);
});

Deno.test("structuralSimilarity() is 1 for equal images", () => {
  const set = images(2, (k) => (k * 37) % 256);
  for (const score of structuralSimilarity({ images: set, reference: set })) {
    near(score, 1, 1e-12);
  }
});

Deno.test("structuralSimilarity() of flat images is the luminance term", () => {
  const c1 = (0.01 * 255) ** 2;
  const found = structuralSimilarity({
    images: images(1, () => 50),
    reference: images(1, () => 150),
  });
  const expected = (2 * 50 * 150 + c1) / (50 * 50 + 150 * 150 + c1);
  near(found[0]!, expected, 1e-9);
});

Deno.test("structuralSimilarity() matches a separate evaluation", () => {
  const wave = (k: number) => 128 + 100 * Math.sin(k * 0.37);
  const shifted = (k: number) => 128 + 80 * Math.sin(k * 0.37 + 0.4);
  const found = structuralSimilarity({
    images: images(1, wave),
    reference: images(1, shifted),
  });
  // skimage.metrics.structural_similarity(gaussian_weights=True, sigma=1.5,
  // use_sample_covariance=False, data_range=255, win_size=11), inner windows.
  near(found[0]!, WAVE_SCORE, 1e-9);
});

Deno.test("structuralSimilarity() refuses images below the window", () => {
  const small = hostTensor("u8", [1, 10, 10, 3], new Uint8Array(300));
  assert.throws(
    () => structuralSimilarity({ images: small, reference: small }),
    RangeError,
  );
});

Deno.test("nearestImages() finds the closest in -1..1 units", () => {
  const size = SIZE * SIZE * 3;
  const reference = images(3, (k) => [0, 90, 200][Math.floor(k / size)]!);
  const found = nearestImages({
    images: images(2, (k) => k < size ? 100 : 0),
    reference,
  });
  assert.deepEqual([...found.index], [1, 0]);
  near(found.distance[0]!, 10 / 127.5, 1e-12);
  near(found.distance[1]!, 0, 0);
});

Deno.test("nearestImages() refuses other sizes and an empty reference", () => {
  const small = hostTensor("u8", [1, 1, 1, 3], new Uint8Array(3));
  const none = hostTensor("u8", [0, 1, 1, 3], new Uint8Array(0));
  assert.throws(
    () => nearestImages({ images: small, reference: images(1, () => 0) }),
    TypeError,
  );
  assert.throws(
    () => nearestImages({ images: small, reference: none }),
    RangeError,
  );
});

Deno.test("classAccuracy() counts over all and by class", () => {
  const logits = hostTensor(
    "f32",
    [3, 3],
    Float32Array.of(2, 1, 0, 0, 3, 1, 5, 0, 0),
  );
  const labels = hostTensor("i32", [3], Int32Array.of(0, 1, 1));
  const found = classAccuracy(logits, labels);
  near(found.all, 2 / 3, 1e-12);
  assert.deepEqual(found.byClass, [1, 0.5, null]);
  const wrong = hostTensor("i32", [3], Int32Array.of(0, 1, 3));
  assert.throws(() => classAccuracy(logits, wrong), RangeError);
});

Deno.test("mean() and median() of a few numbers", () => {
  near(mean([1, 2, 6]), 3, 0);
  near(median([6, 1, 2]), 2, 0);
  near(median([4, 1, 2, 3]), 2.5, 0);
  assert.ok(Number.isNaN(median([])));
});

const WAVE_SCORE = 0.8990380418899729;
