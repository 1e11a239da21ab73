import { constantArray, matmul, type Tensor } from "../tensor/mod.ts";

/**
 * Images [B, C, H, W] with sides of `size` pixels, bilinear as in TensorFlow 1:
 * pixel i lies at i times the ratio of the sizes, corners are not aligned, and
 * nothing is averaged where images become smaller.
 */
export function resizeBilinear(x: Tensor, size: number): Tensor {
  const [height, width] = x.shape.slice(2) as [number, number];
  const rows = height === size
    ? x
    : matmul(constantArray([size, height], bilinearWeights(height, size)), x);
  if (width === size) return rows;
  const columns = constantArray([size, width], bilinearWeights(width, size));
  return matmul(rows, columns, { transposeB: true });
}

/** What each of `from` pixels counts in each of `to`, [to, from]. */
function bilinearWeights(from: number, to: number): Float64Array {
  const weights = new Float64Array(to * from);
  for (let i = 0; i < to; i++) {
    const place = i * from / to;
    const low = Math.floor(place);
    const high = Math.min(low + 1, from - 1);
    weights[i * from + low]! += 1 - (place - low);
    weights[i * from + high]! += place - low;
  }
  return weights;
}

/** Parameter of the cubic convolution that PyTorch interpolates with. */
const CUBIC_A = -0.75;

/** Cubic convolution (Keys 1981): what a pixel at this distance counts. */
function cubic(distance: number): number {
  const r = Math.abs(distance);
  if (r < 1) return ((CUBIC_A + 2) * r - (CUBIC_A + 3)) * r * r + 1;
  if (r < 2) return (((r - 5) * r + 8) * r - 4) * CUBIC_A;
  return 0;
}

/**
 * What each of `from` pixels counts in each of `to`, [to, from], bicubic as in
 * PyTorch: centres of pixels are compared, and those beyond the border are the
 * last ones.
 *
 * @param offset added to `to` where the ratio of the sizes is taken
 */
export function bicubicWeights(
  { from, to, offset }: {
    readonly from: number;
    readonly to: number;
    readonly offset: number;
  },
): Float64Array {
  const weights = new Float64Array(to * from);
  for (let i = 0; i < to; i++) {
    const place = (i + 0.5) * from / (to + offset) - 0.5;
    const low = Math.floor(place);
    for (let at = low - 1; at <= low + 2; at++) {
      const pixel = Math.min(Math.max(at, 0), from - 1);
      weights[i * from + pixel]! += cubic(place - at);
    }
  }
  return weights;
}
