import type { DType } from "../tensor/host_tensor.ts";

/** Element types of the safetensors format, with the bytes of one element. */
export const FILE_DTYPES = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U64: 8,
  U32: 4,
  U16: 2,
  U8: 1,
  BOOL: 1,
} as const;

/** Name of an element type in a safetensors header. */
export type FileDType = keyof typeof FILE_DTYPES;

/** How each element type of a host tensor is written. */
export const TO_FILE_DTYPE: { readonly [D in DType]: FileDType } = {
  f64: "F64",
  f32: "F32",
  f16: "F16",
  i32: "I32",
  u32: "U32",
  u8: "U8",
  bool: "BOOL",
};

const FROM_FILE_DTYPE: Readonly<Partial<Record<FileDType, DType>>> = {
  F64: "f64",
  F32: "f32",
  F16: "f16",
  I32: "i32",
  U32: "u32",
  U8: "u8",
  BOOL: "bool",
};

/** The host element type of a stored one; undefined where hosts have none. */
export function hostDType(dtype: FileDType): DType | undefined {
  return FROM_FILE_DTYPE[dtype];
}

/** Whether a value names an element type of the format. */
export function isFileDType(value: unknown): value is FileDType {
  return typeof value === "string" && Object.hasOwn(FILE_DTYPES, value);
}

/**
 * Number of elements of a shape, or undefined where it passes 2^53.
 *
 * Sizes must be whole numbers and not negative.
 */
export function checkedSize(shape: readonly number[]): number | undefined {
  let product = 1;
  for (const size of shape) {
    product *= size;
    if (!Number.isSafeInteger(product)) return undefined;
  }
  return product;
}
