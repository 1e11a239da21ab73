import type {
  ContractionOps,
  ConvolutionAttributes,
  OpName,
} from "../op_attributes.ts";
import { type Shape, sizeOf } from "../host_tensor.ts";
import type { Tensor } from "../node.ts";
import { broadcastShapes, convolutionSize } from "../shape.ts";
import { operands, type OpRule, requireRank, requireShapes } from "./rule.ts";

/**
 * Height and width of what a window makes of images.
 *
 * @throws {RangeError} when it does not fit into the padded image
 */
export function convolved(
  [height, width]: readonly [number, number],
  [kernelHeight, kernelWidth]: readonly [number, number],
  { stride, padding }: ConvolutionAttributes,
): [number, number] {
  const rows = { stride: stride[0], padding: padding[0] };
  const columns = { stride: stride[1], padding: padding[1] };
  if (
    height + 2 * padding[0] < kernelHeight ||
    width + 2 * padding[1] < kernelWidth
  ) {
    throw new RangeError(
      `Expected a kernel inside the padded image, got ${kernelHeight} x ` +
        `${kernelWidth} on ${height} x ${width} with padding [${padding}]`,
    );
  }
  return [
    convolutionSize(height, kernelHeight, rows),
    convolutionSize(width, kernelWidth, columns),
  ];
}

function spatial(shape: Shape): [number, number] {
  return [shape[2]!, shape[3]!];
}

/** What must be said of a contraction: its work counts. */
type Contraction<K extends OpName> =
  & OpRule<K>
  & Required<
    Pick<OpRule<K>, "flops">
  >;

/** A product and a sum for each element of `results` and each filter number behind it. */
function convolutionFlops(results: Tensor, filters: Tensor): number {
  return 2 * sizeOf(results.shape) * sizeOf(filters.shape.slice(1));
}

/** Ops that sum products. Images are NCHW, filters are OIHW. */
export const contraction: {
  readonly [K in keyof ContractionOps]: Contraction<K>;
} = {
  matmul: {
    equation: "y[.., i, j] = sum over k of a[.., i, k] b[.., k, j]",
    traits: ["contraction"],
    flops: ({ inputs: [a], shape, attributes: { transposeA } }) =>
      2 * sizeOf(shape) * a!.shape.at(transposeA ? -2 : -1)!,
    type: (inputs, { transposeA, transposeB }) => {
      const [a, b] = operands(inputs, 2);
      if (a.shape.length < 2 || b.shape.length < 2) {
        throw new TypeError(
          `Expected matrices, got [${a.shape}] and [${b.shape}]`,
        );
      }
      const [rowsA, columnsA] = a.shape.slice(-2) as [number, number];
      const [rowsB, columnsB] = b.shape.slice(-2) as [number, number];
      const innerA = transposeA ? rowsA : columnsA;
      const innerB = transposeB ? columnsB : rowsB;
      requireShapes(innerA === innerB && a.dtype === b.dtype, a.shape, {
        b: b.shape,
        rule: "equal inner sizes",
      });
      const batch = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2));
      const rows = transposeA ? columnsA : rowsA;
      const columns = transposeB ? rowsB : columnsB;
      return { shape: [...batch, rows, columns], dtype: a.dtype };
    },
  },
  conv2d: {
    equation:
      "y[n, o, i, j] = sum of x[n, c, s i - p + u, s j - p + v] w[o, c, u, v]",
    traits: ["contraction"],
    flops: (y) => convolutionFlops(y, y.inputs[1]!),
    type: (inputs, attributes) => {
      const [x, w] = operands(inputs, 2);
      requireRank(x.shape, 4, "images");
      requireRank(w.shape, 4, "filters");
      requireShapes(x.shape[1] === w.shape[1], x.shape, {
        b: w.shape,
        rule: "filters for the channels of the images",
      });
      const size = convolved(spatial(x.shape), spatial(w.shape), attributes);
      return { shape: [x.shape[0]!, w.shape[0]!, ...size], dtype: x.dtype };
    },
  },
  conv2d_dx: {
    equation: "dx of conv2d from dy and w: the transposed convolution",
    traits: ["contraction"],
    flops: ({ inputs: [dy, w] }) => convolutionFlops(dy!, w!),
    type: (inputs, attributes) => {
      const [dy, w] = operands(inputs, 2);
      requireRank(dy.shape, 4, "images");
      requireRank(w.shape, 4, "filters");
      const { size } = attributes;
      const expected = convolved(size, spatial(w.shape), attributes);
      const fits = dy.shape[1] === w.shape[0] &&
        expected[0] === dy.shape[2] && expected[1] === dy.shape[3];
      requireShapes(fits, dy.shape, {
        b: w.shape,
        rule: `a gradient of a convolution of ${size[0]} x ${size[1]} images`,
      });
      return { shape: [dy.shape[0]!, w.shape[1]!, ...size], dtype: dy.dtype };
    },
  },
  conv2d_dw: {
    equation: "dw of conv2d from x and dy",
    traits: ["contraction"],
    flops: (dw) => convolutionFlops(dw.inputs[1]!, dw),
    type: (inputs, attributes) => {
      const [x, dy] = operands(inputs, 2);
      requireRank(x.shape, 4, "images");
      requireRank(dy.shape, 4, "gradients");
      const { kernel } = attributes;
      const expected = convolved(spatial(x.shape), kernel, attributes);
      const fits = dy.shape[0] === x.shape[0] &&
        expected[0] === dy.shape[2] && expected[1] === dy.shape[3];
      requireShapes(fits, x.shape, {
        b: dy.shape,
        rule: `images and the gradient of their ${kernel[0]} x ${
          kernel[1]
        } convolution`,
      });
      return {
        shape: [dy.shape[1]!, x.shape[1]!, ...kernel],
        dtype: x.dtype,
      };
    },
  },
};
