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

/** Stride and zero padding, equal in both directions. */
export interface ConvolutionOptions {
  readonly stride?: number;
  readonly padding?: number;
}

function attributesOf(
  { stride = 1, padding = 0 }: ConvolutionOptions,
): ConvolutionAttributes {
  return { stride: [stride, stride], padding: [padding, padding] };
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
  const { stride: [stride], padding: [padding] } = attributesOf(options);
  const grow = (size: number, kernel: number) =>
    (size - 1) * stride - 2 * padding + kernel;
  const height = grow(x.shape[2]!, w.shape[2]!);
  const width = grow(x.shape[3]!, w.shape[3]!);
  return apply("conv2d_dx", [x, w], {
    ...attributesOf(options),
    size: [height, width],
  });
}
