import {
  broadcastStrides,
  type ConvolutionAttributes,
  type FAMILIES,
  type Shape,
  sizeOf,
} from "../../../tensor/mod.ts";
import {
  allocateFor,
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

/** Matrices whose rows are read along: one has `inner` numbers. */
interface Rows {
  readonly data: Float64Array;
  readonly start: number;
  readonly count: number;
}

/** Where a product goes: rows `stride` apart. */
interface Target {
  readonly y: Float64Array;
  readonly start: number;
  readonly stride: number;
}

/**
 * Writes y[i, j] = sum over k of a[i, k] b[j, k].
 *
 * Every sum goes up in k; four stand side by side, so that a number of `a` is
 * read once for them.
 */
function multiplyRows(
  [a, b]: readonly [Rows, Rows],
  inner: number,
  { y, start, stride }: Target,
): void {
  const [left, right] = [a.data, b.data];
  for (let i = 0; i < a.count; i++) {
    const first = a.start + i * inner;
    let out = start + i * stride;
    let j = 0;
    for (; j + 4 <= b.count; j += 4, out += 4) {
      let q = b.start + j * inner;
      let [s0, s1, s2, s3] = [0, 0, 0, 0];
      for (let p = first; p < first + inner; p++, q++) {
        const factor = left[p]!;
        s0 += factor * right[q]!;
        s1 += factor * right[q + inner]!;
        s2 += factor * right[q + 2 * inner]!;
        s3 += factor * right[q + 3 * inner]!;
      }
      y[out] = s0;
      y[out + 1] = s1;
      y[out + 2] = s2;
      y[out + 3] = s3;
    }
    for (; j < b.count; j++, out++) {
      let q = b.start + j * inner;
      let sum = 0;
      for (let p = first; p < first + inner; p++, q++) {
        sum += left[p]! * right[q]!;
      }
      y[out] = sum;
    }
  }
}

/** A stack of matrices [..., rows, columns] with rows and columns exchanged. */
function transposed({ shape, data }: Value): Float64Array {
  const [rows, columns] = shape.slice(-2) as [number, number];
  const out = new Float64Array(data.length);
  for (let m = 0; m < data.length; m += rows * columns) {
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        out[m + j * rows + i] = data[m + i * columns + j]!;
      }
    }
  }
  return out;
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

/**
 * What a convolution sees of an image [c, h, w] at a row of its outputs: for
 * each c u v numbers, zero where they lie outside.
 */
function readWindows(
  { shape, data }: Value,
  { image, row, kernel, stride, padding }: ConvolutionAttributes & {
    readonly image: number;
    readonly row: number;
    readonly kernel: Shape;
  },
  windows: Float64Array,
): void {
  const [, channels, height, width] = shape as Four;
  const [kernelHeight, kernelWidth] = kernel as [number, number];
  const top = stride[0] * row - padding[0];
  let left = -padding[1];
  for (let at = 0; at < windows.length; left += stride[1]) {
    for (let c = 0; c < channels; c++) {
      const plane = (image * channels + c) * height;
      for (let line = top; line < top + kernelHeight; line++) {
        const inside = line >= 0 && line < height;
        for (let v = left; v < left + kernelWidth; v++, at++) {
          windows[at] = inside && v >= 0 && v < width
            ? data[(plane + line) * width + v]!
            : 0;
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
    const left = transposeA ? transposed(a!) : a!.data as Float64Array;
    const right = transposeB ? b!.data as Float64Array : transposed(b!);
    const y = allocateFor(node) as Float64Array;
    const starts = matrixOffsets(b!, node.shape);
    matrixOffsets(a!, node.shape).forEach((start, m) => {
      const factors = [
        { data: left, start, count: rows },
        { data: right, start: starts[m]!, count: columns },
      ] as const;
      const target = { y, start: m * rows * columns, stride: columns };
      multiplyRows(factors, inner, target);
    });
    return y;
  },
  conv2d: (node, [x, w]) => {
    const [images, filters, rows, columns] = node.shape as Four;
    const y = allocateFor(node) as Float64Array;
    const inner = sizeOf(w!.shape.slice(1));
    const windows = new Float64Array(columns * inner);
    const factors = [
      { data: w!.data as Float64Array, start: 0, count: filters },
      { data: windows, start: 0, count: columns },
    ] as const;
    const kernel = w!.shape.slice(2);
    for (let n = 0; n < images; n++) {
      for (let i = 0; i < rows; i++) {
        readWindows(
          x!,
          { image: n, row: i, kernel, ...node.attributes },
          windows,
        );
        const start = (n * filters * rows + i) * columns;
        multiplyRows(factors, inner, { y, start, stride: rows * columns });
      }
    }
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
