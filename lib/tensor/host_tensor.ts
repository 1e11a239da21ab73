/** Element types that programs and host tensors know. */
export type DType = "f32" | "f64" | "f16" | "i32" | "u32" | "u8" | "bool";

/** Sizes of a tensor, outermost axis first; `[]` is a scalar. */
export type Shape = readonly number[];

/** The array type that holds each element type; f16 is held as raw bits, bool as 0 or 1. */
export interface ArrayOf {
  readonly f32: Float32Array;
  readonly f64: Float64Array;
  readonly f16: Uint16Array;
  readonly i32: Int32Array;
  readonly u32: Uint32Array;
  readonly u8: Uint8Array;
  readonly bool: Uint8Array;
}

/** A dense row-major tensor in host memory. */
export interface HostTensor<D extends DType = DType> {
  readonly dtype: D;
  readonly shape: Shape;
  readonly data: ArrayOf[D];
}

/** Bytes of one element. */
export const ELEMENT_BYTES: { readonly [D in DType]: number } = {
  f32: 4,
  f64: 8,
  f16: 2,
  i32: 4,
  u32: 4,
  u8: 1,
  bool: 1,
};

const ARRAYS: {
  readonly [D in DType]: new (
    buffer: ArrayBufferLike,
    byteOffset?: number,
    length?: number,
  ) => ArrayOf[D];
} = {
  f32: Float32Array,
  f64: Float64Array,
  f16: Uint16Array,
  i32: Int32Array,
  u32: Uint32Array,
  u8: Uint8Array,
  bool: Uint8Array,
};

/** Number of elements of a shape. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** A view of `length` elements of `buffer` as the array type of `dtype`. */
export function arrayView<D extends DType>(
  dtype: D,
  buffer: ArrayBufferLike,
  { byteOffset = 0, length }: { byteOffset?: number; length: number },
): ArrayOf[D] {
  return new ARRAYS[dtype](buffer, byteOffset, length);
}

/**
 * Wraps an array as a host tensor.
 *
 * @throws {TypeError} when the array's length is not the shape's size
 */
export function hostTensor<D extends DType>(
  dtype: D,
  shape: Shape,
  data: ArrayOf[D],
): HostTensor<D> {
  if (data.length !== sizeOf(shape)) {
    throw new TypeError(
      `Cannot make a ${dtype} tensor of shape [${shape}]: ` +
        `expected ${sizeOf(shape)} elements, got ${data.length}`,
    );
  }
  return { dtype, shape, data };
}

/** A tensor of zeros. */
export function zeros<D extends DType>(dtype: D, shape: Shape): HostTensor<D> {
  const length = sizeOf(shape);
  const buffer = new ArrayBuffer(length * ELEMENT_BYTES[dtype]);
  return { dtype, shape, data: arrayView(dtype, buffer, { length }) };
}
