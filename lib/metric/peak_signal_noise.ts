import { type ImagePair, pairedSizes } from "./image_pairs.ts";

/** Largest value of a u8 image. */
const PEAK = 255;

/**
 * Peak signal-to-noise ratio of each image, in dB: 10 log10(255² / mse), mse
 * over all values of the RGB image in 0..255. Equal images score Infinity.
 *
 * A set's score is the mean of these.
 *
 * @throws {TypeError} when the shapes differ or are not u8 [n, H, W, C]
 */
export function peakSignalNoise(pair: ImagePair): Float64Array {
  const { count, size } = pairedSizes(pair);
  const a = pair.images.data, b = pair.reference.data;
  return Float64Array.from({ length: count }, (_, i) => {
    let squares = 0;
    for (let k = i * size; k < (i + 1) * size; k++) {
      squares += (a[k]! - b[k]!) ** 2;
    }
    return 10 * Math.log10(PEAK * PEAK * size / squares);
  });
}
