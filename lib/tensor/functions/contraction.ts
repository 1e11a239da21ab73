import { apply } from "../apply.ts";
import type { Tensor } from "../node.ts";
import type { ConvolutionAttributes } from "../op_attributes.ts";

/** Which operands of a matrix product are read transposed. */
export interface MatmulOptions {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

/** Matrix product over the last two axes; leading axes broadcast. */
export function matmul(
  a: Tensor,
  b: Tensor,
  { transposeA = false, transposeB = false }: MatmulOptions = {},
): Tensor {
  return apply("matmul", [a, b], { transposeA, transposeB });
}

/** A number for each direction, or one for both. */
export type PerAxis = number | readonly [vertical: number, horizontal: number];

/** Stride and zero padding. */
export interface ConvolutionOptions {
  readonly stride?: PerAxis;
  readonly padding?: PerAxis;
}

/** A number for each direction. */
export function bothAxes(size: PerAxis): readonly [number, number] {
  return typeof size === "number" ? [size, size] : size;
}

function attributesOf(
  { stride = 1, padding = 0 }: ConvolutionOptions,
): ConvolutionAttributes {
  return { stride: bothAxes(stride), padding: bothAxes(padding) };
}

/** Convolution of images x [B, C, H, W] with filters w [O, C, KH, KW]. */
export function conv2d(
  x: Tensor,
  w: Tensor,
  options: ConvolutionOptions = {},
): Tensor {
  return apply("conv2d", [x, w], attributesOf(options));
}

/**
 * Transposed convolution of x [B, I, H, W] with filters w [I, O, KH, KW]:
 * torch's ConvTranspose2d, which is the input gradient of a convolution.
 */
export function convTranspose2d(
  x: Tensor,
  w: Tensor,
  options: ConvolutionOptions = {},
): Tensor {
  const attributes = attributesOf(options);
  const { stride, padding } = attributes;
  const grow = (axis: 0 | 1) =>
    (x.shape[axis + 2]! - 1) * stride[axis] - 2 * padding[axis] +
    w.shape[axis + 2]!;
  return apply("conv2d_dx", [x, w], {
    ...attributes,
    size: [grow(0), grow(1)],
  });
}
