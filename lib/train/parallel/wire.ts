import type { Collective } from "../../parallel/mod.ts";
import {
  type Engine,
  type HostTensor,
  hostTensor,
  zeros,
} from "../../tensor/mod.ts";

/** Numbers as engines download them. */
export type FloatType = "f32" | "f64";

/** How an engine hands its numbers over: the reference in more bits. */
export async function floatTypeOf(engine: Engine): Promise<FloatType> {
  const tensor = await engine.upload(zeros("f32", [1]));
  const { dtype } = await engine.download(tensor);
  engine.dispose(tensor);
  return dtype === "f64" ? "f64" : "f32";
}

/** Vectors of numbers that ranks send each other, by rank. */
export type Vectors = readonly HostTensor[];

/** The numbers of a vector for each rank, with memory to receive it in. */
export function vectorsFor(
  sizes: readonly number[],
  dtype: FloatType,
): Vectors {
  return sizes.map((size) => {
    const Kind = dtype === "f64" ? Float64Array : Float32Array;
    return hostTensor(dtype, [size], new Kind(size) as never);
  });
}

/** Sends each rank its own numbers; what comes is in `into` when it ends. */
export function exchange(
  collective: Collective,
  parts: readonly (HostTensor | undefined)[],
  into: Vectors,
): Promise<void> {
  return collective.exchange(parts.map(bytesOf), into.map(bytesOf));
}

/** Sends all ranks the same numbers; what comes is in `into` when it ends. */
export function gather(
  collective: Collective,
  own: HostTensor | undefined,
  into: Vectors,
): Promise<void> {
  return collective.gather(bytesOf(own), into.map(bytesOf));
}

/** The bytes of a tensor, without a copy; none of none. */
export function bytesOf(tensor: HostTensor | undefined): Uint8Array {
  if (tensor === undefined) return new Uint8Array();
  const { buffer, byteOffset, byteLength } = tensor.data;
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
}
