import {
  type FrozenTensor,
  type HostTensor,
  isQuantized,
  toHalf,
} from "../../../tensor/mod.ts";
import type { Precision } from "../precision.ts";
import type { Format, Home, Storage } from "../wgsl/code.ts";
import { fillBuffer, makeBuffer, wordsOfHost } from "./tensor.ts";

/** What buffers are shared by: the array that holds the values. */
type Key = FrozenTensor["data"] | Float32Array;

interface Shared {
  readonly key: Key;
  readonly format: Format | undefined;
  readonly buffer: GPUBuffer;
  holders: number;
}

/** Frozen states that one executable holds: where each one lies. */
export type Frozen = ReadonlyMap<Storage, GPUBuffer>;

/** Numbers from here on are infinite in f16. */
const TOO_LARGE = 65520;

/** Uploads weights once, however many programs read them. */
export class FrozenStore {
  readonly #device: GPUDevice;
  readonly #precision: Precision;
  readonly #shared = new Map<Format | undefined, Map<Key, Shared>>();
  readonly #byBuffer = new Map<GPUBuffer, Shared>();
  /** Whether all of some floats are finite in f16. */
  readonly #fitHalf = new WeakMap<Key, boolean>();

  /** @param precision what becomes of matrices that come as f32 */
  constructor(device: GPUDevice, precision: Precision) {
    this.#device = device;
    this.#precision = precision;
  }

  /** How frozen states are kept that do not take a word an element, by name. */
  formatsOf(
    frozen: Readonly<Record<string, FrozenTensor>>,
  ): ReadonlyMap<string, Format> {
    const formats = new Map<string, Format>();
    for (const [name, tensor] of Object.entries(frozen)) {
      if (isQuantized(tensor)) formats.set(name, "bytes");
      else if (tensor.dtype === "f16" || this.#becomesHalf(tensor)) {
        formats.set(name, "half words");
      }
    }
    return formats;
  }

  /** Matrices of finite size; vectors are not worth it. */
  #becomesHalf({ dtype, shape, data }: HostTensor): boolean {
    const isFloat = dtype === "f32" || dtype === "f64";
    if (this.#precision === "f32" || !isFloat || shape.length < 2) return false;
    let fits = this.#fitHalf.get(data);
    if (fits === undefined) {
      fits = !data.some((value) => !(Math.abs(value) < TOO_LARGE));
      this.#fitHalf.set(data, fits);
    }
    return fits;
  }

  /** Buffers for frozen states, as a plan has them. */
  hold(
    frozen: Readonly<Record<string, FrozenTensor>>,
    states: ReadonlyMap<string, Home>,
  ): Frozen {
    const held = new Map<Storage, GPUBuffer>();
    for (const [name, tensor] of Object.entries(frozen)) {
      const { storage, scales } = states.get(name)!;
      const buffer = this.#hold(
        tensor.data,
        storage,
        () => wordsOf(tensor, storage.format),
      );
      held.set(storage, buffer);
      if (scales === undefined || !isQuantized(tensor)) continue;
      const words = () => new Uint32Array(tensor.scales.slice().buffer);
      held.set(scales, this.#hold(tensor.scales, scales, words));
    }
    return held;
  }

  #hold(
    key: Key,
    storage: Storage,
    words: () => Uint32Array<ArrayBuffer>,
  ): GPUBuffer {
    const { format } = storage;
    const known = this.#shared.get(format) ?? new Map<Key, Shared>();
    this.#shared.set(format, known);
    let shared = known.get(key);
    if (shared === undefined) {
      const buffer = makeBuffer(this.#device, storage);
      fillBuffer(this.#device, buffer, words());
      shared = { key, format, buffer, holders: 0 };
      known.set(key, shared);
      this.#byBuffer.set(buffer, shared);
    }
    shared.holders++;
    return shared.buffer;
  }

  /** Gives up what one executable held. */
  release(frozen: Frozen): void {
    for (const buffer of frozen.values()) {
      const shared = this.#byBuffer.get(buffer);
      if (shared === undefined || --shared.holders > 0) continue;
      this.#shared.get(shared.format)!.delete(shared.key);
      this.#byBuffer.delete(buffer);
      buffer.destroy();
    }
  }
}

/** A frozen tensor as words of a format. */
function wordsOf(
  tensor: FrozenTensor,
  format: Format | undefined,
): Uint32Array<ArrayBuffer> {
  if (isQuantized(tensor)) return packed(tensor.data, Int8Array);
  if (format === undefined) return wordsOfHost(tensor);
  const { data } = tensor.dtype === "f16" ? tensor : toHalf(tensor);
  return packed(data as Uint16Array, Uint16Array);
}

/** Short numbers side by side, the last word filled up with zeros. */
function packed<A extends Int8Array | Uint16Array>(
  data: A,
  Kind: { new (buffer: ArrayBuffer): A; readonly BYTES_PER_ELEMENT: number },
): Uint32Array<ArrayBuffer> {
  const bytes = data.length * Kind.BYTES_PER_ELEMENT;
  const words = new Uint32Array(Math.ceil(bytes / 4));
  new Kind(words.buffer).set(data);
  return words;
}
