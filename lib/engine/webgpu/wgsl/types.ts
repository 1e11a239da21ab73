import type { DType, TensorType } from "../../../tensor/mod.ts";
import { fixed, type Index } from "./index.ts";

/** WGSL type of a value while it is computed with. */
export function valueType(dtype: DType): string {
  if (dtype === "u8") return "u32";
  return dtype === "bool" || dtype === "i32" || dtype === "u32" ? dtype : "f32";
}

/** WGSL type of a stored element: truth values and bytes take a word. */
export function storedType(dtype: DType): string {
  return dtype === "bool" ? "u32" : valueType(dtype);
}

/** Coordinates of an operand that broadcasts against the result. */
export function alignedCoordinates(
  at: readonly Index[],
  { shape }: TensorType,
): Index[] {
  const offset = at.length - shape.length;
  return shape.map((size, axis) => size === 1 ? fixed(0) : at[axis + offset]!);
}
