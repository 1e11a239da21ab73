import {
  expandFrozen,
  type FrozenTensor,
  type Program,
  type Tensor,
} from "../../../tensor/mod.ts";
import type { Storage } from "../wgsl/code.ts";
import { fillBuffer, makeBuffer, wordsOfHost } from "./tensor.ts";

interface Shared {
  readonly data: FrozenTensor["data"];
  readonly buffer: GPUBuffer;
  holders: number;
}

/** Frozen states that one executable holds: where each one's leaf lies. */
export type Frozen = ReadonlyMap<Storage, GPUBuffer>;

/** Uploads weights once, however many programs read them. */
export class FrozenStore {
  readonly #device: GPUDevice;
  readonly #shared = new Map<FrozenTensor["data"], Shared>();
  readonly #byBuffer = new Map<GPUBuffer, Shared>();

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** Buffers for the frozen states of a program. */
  hold(
    { state }: Program,
    frozen: Readonly<Record<string, FrozenTensor>>,
  ): Frozen {
    const held = new Map<Tensor, GPUBuffer>();
    for (const [name, tensor] of Object.entries(frozen)) {
      held.set(state[name]!.value, this.#hold(tensor));
    }
    return held;
  }

  #hold(tensor: FrozenTensor): GPUBuffer {
    let shared = this.#shared.get(tensor.data);
    if (shared === undefined) {
      const floats = expandFrozen(tensor);
      const buffer = makeBuffer(this.#device, floats);
      fillBuffer(this.#device, buffer, wordsOfHost(floats));
      shared = { data: tensor.data, buffer, holders: 0 };
      this.#shared.set(tensor.data, shared);
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
      this.#shared.delete(shared.data);
      this.#byBuffer.delete(buffer);
      buffer.destroy();
    }
  }
}
