import {
  type FrozenStates,
  type FrozenTensor,
  isQuantized,
  loadFrozen,
  toHalf,
} from "../../../tensor/mod.ts";
import type { Precision } from "../precision.ts";
import type { Format, Home, Storage } from "../wgsl/storage.ts";
import { fillBuffer, makeBuffer, wordsOfHost } from "./tensor.ts";

/** A value, in memory or not. */
type Given = FrozenStates[string];

/** What buffers are shared by: the array that holds the values, or their reader. */
type Key = object;

function keyOf(given: Given): Key {
  return "load" in given ? given : given.data;
}

interface Shared {
  readonly key: Key;
  readonly format: Format | undefined;
  /** Where it lies, once it was read. */
  readonly buffer: Promise<GPUBuffer>;
  /** Programs that hold it, or will. */
  holders: number;
}

/** Frozen states that one executable holds: where each one lies. */
export type Frozen = ReadonlyMap<Storage, GPUBuffer>;

/** Bytes on their way to the device at once: as many more are in memory. */
const UPLOAD_BYTES = 256 * 2 ** 20;

/** Numbers from here on are infinite in f16. */
const TOO_LARGE = 65520;

/**
 * Uploads weights once, however many programs read them. Stored ones are read
 * one after another, and not kept in memory.
 */
export class FrozenStore {
  readonly #device: GPUDevice;
  readonly #precision: Precision;
  readonly #shared = new Map<Format | undefined, Map<Key, Shared>>();
  readonly #byBuffer = new Map<GPUBuffer, Shared>();
  /** Whether all of some floats are finite in f16. */
  readonly #fitHalf = new WeakMap<Key, boolean>();
  /** Written since the device was last waited for. */
  #pendingBytes = 0;

  /** @param precision what becomes of matrices that come as f32 */
  constructor(device: GPUDevice, precision: Precision) {
    this.#device = device;
    this.#precision = precision;
  }

  /** How frozen states are kept that do not take a word an element, by name. */
  async formatsOf(frozen: FrozenStates): Promise<ReadonlyMap<string, Format>> {
    const formats = new Map<string, Format>();
    for (const [name, given] of Object.entries(frozen)) {
      if (given.dtype === "q8") formats.set(name, "bytes");
      else if (given.dtype === "f16" || await this.#becomesHalf(given)) {
        formats.set(name, "half words");
      }
    }
    return formats;
  }

  /** Matrices of finite size; vectors are not worth it. */
  async #becomesHalf(given: Given): Promise<boolean> {
    const { dtype, shape } = given;
    const isFloat = dtype === "f32" || dtype === "f64";
    if (this.#precision === "f32" || !isFloat || shape.length < 2) return false;
    const key = keyOf(given);
    let fits = this.#fitHalf.get(key);
    if (fits === undefined) {
      const { data } = await loadFrozen(given);
      fits = !data.some((value) => !(Math.abs(value) < TOO_LARGE));
      this.#fitHalf.set(key, fits);
    }
    return fits;
  }

  /** Buffers for frozen states, as a plan has them. */
  async hold(
    frozen: FrozenStates,
    states: ReadonlyMap<string, Home>,
  ): Promise<Frozen> {
    const held = new Map<Storage, GPUBuffer>();
    try {
      for (const [name, given] of Object.entries(frozen)) {
        const { storage, scales } = states.get(name)!;
        for (
          const each of scales === undefined ? [storage] : [storage, scales]
        ) {
          held.set(each, await this.#hold(given, each));
        }
      }
      return held;
    } catch (error) {
      this.release(held);
      throw error;
    }
  }

  async #hold(given: Given, storage: Storage): Promise<GPUBuffer> {
    const { format } = storage;
    const known = this.#shared.get(format) ?? new Map<Key, Shared>();
    this.#shared.set(format, known);
    const key = keyOf(given);
    let shared = known.get(key);
    if (shared === undefined) {
      const buffer = this.#upload(given, storage);
      shared = { key, format, buffer, holders: 0 };
      known.set(key, shared);
    }
    shared.holders++;
    try {
      const buffer = await shared.buffer;
      this.#byBuffer.set(buffer, shared);
      await this.#keepPace();
      return buffer;
    } catch (error) {
      this.#giveUp(shared);
      throw error;
    }
  }

  async #upload(given: Given, storage: Storage): Promise<GPUBuffer> {
    const words = wordsOf(await loadFrozen(given), storage.format);
    const buffer = makeBuffer(this.#device, storage);
    fillBuffer(this.#device, buffer, words);
    this.#pendingBytes += words.byteLength;
    return buffer;
  }

  /** Whether nobody is left who holds it. */
  #giveUp(shared: Shared): boolean {
    if (--shared.holders > 0) return false;
    this.#shared.get(shared.format)!.delete(shared.key);
    return true;
  }

  /** Waits where much was written: until it is submitted, copies of it remain. */
  async #keepPace(): Promise<void> {
    if (this.#pendingBytes < UPLOAD_BYTES) return;
    this.#pendingBytes = 0;
    this.#device.queue.submit([]);
    await this.#device.queue.onSubmittedWorkDone();
  }

  /** Gives up what one executable held. */
  release(frozen: Frozen): void {
    for (const buffer of frozen.values()) {
      const shared = this.#byBuffer.get(buffer);
      if (shared === undefined || !this.#giveUp(shared)) continue;
      this.#byBuffer.delete(buffer);
      buffer.destroy();
    }
  }
}

/** A frozen tensor, or the scales of one, as words of a format. */
function wordsOf(
  tensor: FrozenTensor,
  format: Format | undefined,
): Uint32Array<ArrayBuffer> {
  if (isQuantized(tensor)) {
    // Numbers are bytes; what takes a word each are their scales.
    if (format === undefined) {
      return new Uint32Array(tensor.scales.slice().buffer);
    }
    return packed(tensor.data, Int8Array);
  }
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
