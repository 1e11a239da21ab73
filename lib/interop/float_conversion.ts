import type { FileDType } from "../artifact/mod.ts";

/** Element types whose numbers become float32, and whether all do exactly. */
const EXACT: Readonly<Partial<Record<FileDType, boolean>>> = {
  F32: true,
  F16: true,
  BF16: true,
  F64: false,
};

/**
 * Whether numbers of an element type become float32 exactly; undefined for
 * types that hold no weights.
 */
export function becomesFloat32(dtype: FileDType): boolean | undefined {
  return EXACT[dtype];
}

/**
 * Numbers of F32, F16, BF16 or F64 as float32; F64 is rounded to nearest.
 *
 * @param bytes little-endian, a whole number of elements from an aligned start
 * @throws {TypeError} for other element types
 */
export function toFloat32(
  bytes: Uint8Array<ArrayBuffer>,
  dtype: FileDType,
): Float32Array<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = bytes;
  switch (dtype) {
    case "F32":
      return new Float32Array(buffer, byteOffset, byteLength / 4);
    case "F64":
      return new Float32Array(
        new Float64Array(buffer, byteOffset, byteLength / 8),
      );
    case "F16":
      return new Float32Array(
        new Float16Array(buffer, byteOffset, byteLength / 2),
      );
    case "BF16":
      return fromUpperHalves(
        new Uint16Array(buffer, byteOffset, byteLength / 2),
      );
    default:
      throw new TypeError(`Cannot take ${dtype} as float32`);
  }
}

/** BF16 is the upper half of a float32; a loop, since `from` takes ten times as long. */
function fromUpperHalves(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) bits[i] = halves[i]! << 16;
  return new Float32Array(bits.buffer);
}
