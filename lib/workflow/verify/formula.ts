import { crc32 } from "node:zlib";
import { type Shape, sizeOf } from "../../tensor/mod.ts";

/**
 * Weights of recorded networks, which are a formula of their names, so that
 * recordings are small (make_dinov2.py has it too). Matrices and filters keep the
 * size of what goes through them; variances and gains of batch norms lie near 1.
 */
export function formulaWeights(
  name: string,
  shape: Shape,
): Float32Array<ArrayBuffer> {
  const start = crc32(name);
  const deviation = Math.sqrt(6 / sizeOf(shape.slice(1)));
  const spread = name.endsWith("running_var")
    ? (u: number) => 0.5 + u
    : name.endsWith("bn.weight")
    ? (u: number) => 1 + 0.2 * (2 * u - 1)
    : shape.length > 1
    ? (u: number) => (2 * u - 1) * deviation
    : (u: number) => 0.2 * (2 * u - 1);
  const weights = new Float32Array(sizeOf(shape));
  for (let i = 0; i < weights.length; i++) {
    weights[i] = spread(hashed(start + Math.imul(i, 0x9E3779B9)) / 2 ** 32);
  }
  return weights;
}

/** The 32-bit finaliser of MurmurHash3 (Austin Appleby, public domain). */
function hashed(value: number): number {
  let h = value >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85EBCA6B);
  h = Math.imul(h ^ (h >>> 13), 0xC2B2AE35);
  return (h ^ (h >>> 16)) >>> 0;
}
