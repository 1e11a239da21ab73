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
