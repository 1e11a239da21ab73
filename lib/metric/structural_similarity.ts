import { type ImagePair, type ImageSizes, pairedSizes } from "./image_pairs.ts";

/** Side of the window in pixels; smaller images have no similarity. */
export const SIMILARITY_WINDOW = 11;

/** Constants of Wang et al. 2004, section III.C. */
const SIGMA = 1.5;
const K1 = 0.01;
const K2 = 0.03;
const PEAK = 255;

/**
 * Structural similarity of each image (Wang, Bovik, Sheikh and Simoncelli
 * 2004, equation 13): Gaussian window 11, sigma 1.5, K1 0.01, K2 0.03 on
 * values in 0..255, weighted (biased) variances, only windows that lie wholly
 * inside; the mean over windows and then over the channels.
 *
 * Departure: the paper scores grey images; here each RGB channel is scored.
 *
 * @throws {TypeError} when the shapes differ or are not u8 [n, H, W, C]
 * @throws {RangeError} when an image is smaller than the window
 */
export function structuralSimilarity(pair: ImagePair): Float64Array {
  const sizes = pairedSizes(pair);
  if (sizes.height < SIMILARITY_WINDOW || sizes.width < SIMILARITY_WINDOW) {
    throw new RangeError(
      `Cannot take the structural similarity of ${sizes.height} by ` +
        `${sizes.width} images: expected ${SIMILARITY_WINDOW} by ${SIMILARITY_WINDOW} or more`,
    );
  }
  return Float64Array.from({ length: sizes.count }, (_, image) => {
    let sum = 0;
    for (let channel = 0; channel < sizes.channels; channel++) {
      const x = plane(pair.images.data, sizes, { image, channel });
      const y = plane(pair.reference.data, sizes, { image, channel });
      sum += planeSimilarity({ x, y, ...sizes });
    }
    return sum / sizes.channels;
  });
}

function plane(
  data: ArrayLike<number>,
  { height, width, channels, size }: ImageSizes,
  { image, channel }: { image: number; channel: number },
): Float64Array {
  const start = image * size + channel;
  return Float64Array.from(
    { length: height * width },
    (_, k) => data[start + k * channels]!,
  );
}

interface PlanePair {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly height: number;
  readonly width: number;
}

function planeSimilarity({ x, y, height, width }: PlanePair): number {
  const size = { height, width };
  const meanX = windowMeans(x, size);
  const meanY = windowMeans(y, size);
  const squaresX = windowMeans(x.map((value) => value * value), size);
  const squaresY = windowMeans(y.map((value) => value * value), size);
  const products = windowMeans(x.map((value, k) => value * y[k]!), size);
  const c1 = (K1 * PEAK) ** 2, c2 = (K2 * PEAK) ** 2;
  let sum = 0;
  for (let k = 0; k < meanX.length; k++) {
    const mx = meanX[k]!, my = meanY[k]!;
    const variances = squaresX[k]! - mx * mx + squaresY[k]! - my * my;
    const covariance = products[k]! - mx * my;
    sum += (2 * mx * my + c1) * (2 * covariance + c2) /
      ((mx * mx + my * my + c1) * (variances + c2));
  }
  return sum / meanX.length;
}

const KERNEL = gaussianKernel();

function gaussianKernel(): Float64Array {
  const kernel = Float64Array.from(
    { length: SIMILARITY_WINDOW },
    (_, k) =>
      Math.exp(-((k - (SIMILARITY_WINDOW - 1) / 2) ** 2) / (2 * SIGMA * SIGMA)),
  );
  const sum = kernel.reduce((a, b) => a + b, 0);
  return kernel.map((value) => value / sum);
}

/** Weighted means over every whole window: rows first, then columns. */
function windowMeans(
  values: Float64Array,
  { height, width }: { readonly height: number; readonly width: number },
): Float64Array {
  const across = width - SIMILARITY_WINDOW + 1,
    down = height - SIMILARITY_WINDOW + 1;
  const rows = new Float64Array(height * across);
  for (let k = 0; k < rows.length; k++) {
    const start = Math.floor(k / across) * width + k % across;
    rows[k] = weighted(values, { start, stride: 1 });
  }
  const result = new Float64Array(down * across);
  for (let k = 0; k < result.length; k++) {
    result[k] = weighted(rows, { start: k, stride: across });
  }
  return result;
}

function weighted(
  values: Float64Array,
  { start, stride }: { readonly start: number; readonly stride: number },
): number {
  let sum = 0;
  for (let k = 0; k < SIMILARITY_WINDOW; k++) {
    sum += KERNEL[k]! * values[start + k * stride]!;
  }
  return sum;
}
