import {
  broadcastStrides,
  type ConvolutionAttributes,
  type FAMILIES,
  type Shape,
  sizeOf,
} from "../../../tensor/mod.ts";
import {
  allocateFor,
  type Elements,
  offsetsOf,
  type ReferenceTable,
  type Value,
} from "./value.ts";

/** Offset of the matrix of each batch position of `shape`. */
function matrixOffsets(x: Value, shape: Shape): Int32Array {
  const matrices = x.shape.slice(0, -2);
  const batch = shape.slice(0, -2);
  const size = sizeOf(x.shape.slice(-2));
  return offsetsOf(batch, broadcastStrides(matrices, batch))
    .map((offset) => offset * size);
}

type Four = readonly [number, number, number, number];

/**
 * Calls `visit` with the element offsets in x, w and y of every product that a
 * convolution sums: y[n, o, i, j] += x[n, c, s i - p + u, s j - p + v] w[o, c, u, v].
 * The innermost loop runs over j from `from` to `to`.
 */
function walkConvolution(
  [x, w, y]: readonly [Shape, Shape, Shape],
  { stride, padding }: ConvolutionAttributes,
  visit: (row: {
    x: number;
    w: number;
    y: number;
    from: number;
    to: number;
    step: number;
  }) => void,
): void {
  const [images, channels, height, width] = x as Four;
  const [filters, , kernelHeight, kernelWidth] = w as Four;
  const [, , rows, columns] = y as Four;
  for (let n = 0; n < images; n++) {
    for (let o = 0; o < filters; o++) {
      for (let c = 0; c < channels; c++) {
        for (let u = 0; u < kernelHeight; u++) {
          for (let v = 0; v < kernelWidth; v++) {
            const filter = ((o * channels + c) * kernelHeight + u) *
                kernelWidth + v;
            // Columns j for which s j - p + v lies inside the image.
            const low = Math.ceil((padding[1] - v) / stride[1]);
            const high = Math.floor(
              (width - 1 + padding[1] - v) / stride[1],
            );
            const from = Math.max(0, low);
            const to = Math.min(columns - 1, high);
            for (let i = 0; i < rows; i++) {
              const line = stride[0] * i - padding[0] + u;
              if (line < 0 || line >= height) continue;
              visit({
                x: ((n * channels + c) * height + line) * width + v -
                  padding[1],
                w: filter,
                y: ((n * filters + o) * rows + i) * columns,
                from,
                to,
                step: stride[1],
              });
            }
          }
        }
      }
    }
  }
}

/** Evaluations of the contractions. */
export const contraction: Pick<
  ReferenceTable,
  keyof typeof FAMILIES.contraction
> = {
  matmul: (node, [a, b]) => {
    const { transposeA, transposeB } = node.attributes;
    const [rows, columns] = node.shape.slice(-2) as [number, number];
    const inner = a!.shape.at(transposeA ? -2 : -1)!;
    const [aRow, aInner] = transposeA ? [1, rows] : [inner, 1];
    const [bInner, bColumn] = transposeB ? [1, inner] : [columns, 1];
    const left = matrixOffsets(a!, node.shape);
    const right = matrixOffsets(b!, node.shape);
    const y: Elements = allocateFor(node);
    const [x, w] = [a!.data, b!.data];
    for (let m = 0, out = 0; m < left.length; m++) {
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < columns; j++, out++) {
          let p = left[m]! + i * aRow;
          let q = right[m]! + j * bColumn;
          let total = 0;
          for (let k = 0; k < inner; k++, p += aInner, q += bInner) {
            total += x[p]! * w[q]!;
          }
          y[out] = total;
        }
      }
    }
    return y;
  },
  conv2d: (node, [x, w]) => {
    const y = allocateFor(node) as Float64Array;
    const [image, filter] = [x!.data, w!.data];
    const shapes = [x!.shape, w!.shape, node.shape] as const;
    walkConvolution(shapes, node.attributes, (at) => {
      const weight = filter[at.w]!;
      const { x, y: row, to, step } = at;
      for (let j = at.from; j <= to; j++) {
        y[row + j]! += weight * image[x + j * step]!;
      }
    });
    return y;
  },
  conv2d_dx: (node, [dy, w]) => {
    const dx = allocateFor(node) as Float64Array;
    const [cotangent, filter] = [dy!.data, w!.data];
    const shapes = [node.shape, w!.shape, dy!.shape] as const;
    walkConvolution(shapes, node.attributes, (at) => {
      const weight = filter[at.w]!;
      for (let j = at.from; j <= at.to; j++) {
        dx[at.x + j * at.step]! += weight * cotangent[at.y + j]!;
      }
    });
    return dx;
  },
  conv2d_dw: (node, [x, dy]) => {
    const dw = allocateFor(node) as Float64Array;
    const [image, cotangent] = [x!.data, dy!.data];
    const shapes = [x!.shape, node.shape, dy!.shape] as const;
    walkConvolution(shapes, node.attributes, (at) => {
      let total = 0;
      for (let j = at.from; j <= at.to; j++) {
        total += cotangent[at.y + j]! * image[at.x + j * at.step]!;
      }
      dw[at.w]! += total;
    });
    return dw;
  },
};
