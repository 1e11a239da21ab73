import {
  type DeviceTensor,
  type DType,
  ELEMENT_BYTES,
  fromHalf,
  type HostTensor,
  hostTensor,
  type Shape,
  sizeOf,
} from "../../../tensor/mod.ts";
import { bytesOf } from "../plan/memory.ts";
import { writeWords } from "../plan/words.ts";
import { wordsIn } from "../wgsl/formats.ts";
import type { Storage } from "../wgsl/storage.ts";

/** A tensor in a buffer of its own. */
export class WebGpuTensor implements DeviceTensor {
  disposed = false;
  /** How its floats are kept: programs that share it may want it otherwise. */
  format: "half" | undefined;
  constructor(
    readonly owner: unknown,
    readonly dtype: DType,
    readonly shape: Shape,
    public buffer: GPUBuffer,
  ) {}
}

/** Bytes of a tensor's elements on the device. */
export function deviceBytes(tensor: Storage): number {
  return 4 * wordsIn(tensor);
}

/** Makes a buffer for a tensor's elements. */
export function makeBuffer(
  device: GPUDevice,
  type: Storage,
): GPUBuffer {
  const { STORAGE, COPY_SRC, COPY_DST } = GPUBufferUsage;
  return device.createBuffer({
    size: bytesOf(type),
    usage: STORAGE | COPY_SRC | COPY_DST,
  });
}

/** Fills the beginning of a buffer. */
export function fillBuffer(
  device: GPUDevice,
  buffer: GPUBuffer,
  words: Uint32Array<ArrayBuffer>,
): void {
  // Nothing to write is an error that ends the process.
  if (words.length > 0) device.queue.writeBuffer(buffer, 0, words);
}

/** The elements of a host tensor as words. */
export function wordsOfHost(tensor: HostTensor): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(sizeOf(tensor.shape));
  writeWords(tensor, words);
  return words;
}

/** A host tensor from the words of a device. */
export function hostFromWords(
  { dtype, shape, format }: Storage,
  bytes: ArrayBuffer,
): HostTensor {
  if (format === "half") {
    const halves = new Uint16Array(bytes, 0, sizeOf(shape));
    return fromHalf(hostTensor("f16", shape, halves), "f32");
  }
  const kind = dtype === "f64" ? "f32" : dtype;
  if (ELEMENT_BYTES[kind] === 1) {
    const words = new Uint32Array(bytes);
    return hostTensor(kind as "u8", shape, Uint8Array.from(words));
  }
  const View = kind === "i32"
    ? Int32Array
    : kind === "u32"
    ? Uint32Array
    : Float32Array;
  return hostTensor(kind, shape, new View(bytes) as never);
}
