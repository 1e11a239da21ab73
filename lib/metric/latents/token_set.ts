import type { HostTensor } from "../../tensor/mod.ts";

/** Tokens of images in order: n images of N tokens of d numbers. */
export interface TokenSet {
  readonly images: number;
  readonly tokens: number;
  readonly d: number;
  /** Row-major [n, N, d]. */
  readonly data: ArrayLike<number>;
}

/**
 * Reads tokens [n, N, d].
 *
 * @throws {TypeError} when the tensor has another rank
 * @throws {RangeError} when there are none
 */
export function tokenSet({ shape, data }: HostTensor): TokenSet {
  const [images, tokens, d] = shape;
  if (shape.length !== 3) {
    throw new TypeError(
      `Cannot read tokens of shape [${shape}]: not [n, N, d]`,
    );
  }
  if (data.length === 0) {
    throw new RangeError(`Cannot measure tokens of shape [${shape}]: none`);
  }
  return { images: images!, tokens: tokens!, d: d!, data };
}

/** Length of token k of an image. */
export function tokenNorm(
  { tokens, d, data }: TokenSet,
  { image, k }: { readonly image: number; readonly k: number },
): number {
  const start = (image * tokens + k) * d;
  let squares = 0;
  for (let i = start; i < start + d; i++) squares += data[i]! ** 2;
  return Math.sqrt(squares);
}
