import {
  type ArrayOf,
  arrayView,
  type DeviceTensor,
  type DType,
  ELEMENT_BYTES,
  type HostTensor,
  sizeOf,
} from "../../tensor/mod.ts";
import type { WorkerClient } from "./runtime/client.ts";
import type { TensorId } from "./runtime/messages.ts";

/** Memory that both threads see; never empty, so that it has an address. */
export interface SharedTensor {
  readonly id: TensorId;
  readonly data: ArrayOf[DType];
}

/** Hands out memory that the worker has tensors over. */
export class Memory {
  readonly #client: WorkerClient;
  #ids = 0;

  constructor(client: WorkerClient) {
    this.#client = client;
  }

  /** Zeros, known to the worker before any later request. */
  allocate(
    { dtype, shape }: { dtype: DType; shape: readonly number[] },
  ): SharedTensor {
    const length = sizeOf(shape);
    const bytes = Math.max(1, length) * ELEMENT_BYTES[dtype];
    const memory = new SharedArrayBuffer(Math.ceil(bytes / 8) * 8);
    const id = this.#ids++;
    // Requests are served in order: who uses the tensor need not wait for this.
    const held = this.#client.call({
      kind: "hold",
      id,
      type: dtype,
      shape,
      memory,
    });
    held.catch(() => {});
    return { id, data: arrayView(dtype, memory, { length }) };
  }

  /** Lets the worker forget tensors, once it has served what came before. */
  free(tensors: readonly SharedTensor[]): void {
    const ids = tensors.map(({ id }) => id);
    this.#client.call({ kind: "drop", ids }).catch(() => {});
  }
}

/** A tensor of this engine. State that is replaced has a second memory, to swap with. */
export class OnnxTensor implements DeviceTensor {
  readonly owner: object;
  readonly dtype: DType;
  readonly shape: readonly number[];
  current: SharedTensor;
  spare: SharedTensor | null = null;
  disposed = false;

  constructor(
    { owner, dtype, shape, current }: {
      owner: object;
      dtype: DType;
      shape: readonly number[];
      current: SharedTensor;
    },
  ) {
    this.owner = owner;
    this.dtype = dtype;
    this.shape = shape;
    this.current = current;
  }

  /** All memory of the tensor. */
  get held(): SharedTensor[] {
    return this.spare === null ? [this.current] : [this.current, this.spare];
  }
}

/** Copies host elements into shared memory; float64 is rounded to float32. */
export function copyIn(target: SharedTensor, { data }: HostTensor): void {
  target.data.set(data as Float32Array);
}
