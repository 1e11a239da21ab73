import {
  type ArrayOf,
  arrayView,
  type DeviceTensor,
  type DType,
  ELEMENT_BYTES,
  type HostTensor,
  type Shape,
  sizeOf,
} from "../../tensor/mod.ts";
import type { TensorId } from "./runtime/messages.ts";

/** Memory that all threads see; never empty, so that it has an address. */
export interface SharedTensor {
  readonly id: TensorId;
  readonly type: DType;
  readonly shape: Shape;
  readonly data: ArrayOf[DType];
}

/** Hands out memory, each with a number of its own. */
export class Memory {
  #ids = 0;

  /** Zeros. */
  allocate({ dtype, shape }: DeviceTensor): SharedTensor {
    const length = sizeOf(shape);
    const bytes = Math.max(1, length) * ELEMENT_BYTES[dtype];
    const memory = new SharedArrayBuffer(Math.ceil(bytes / 8) * 8);
    const data = arrayView(dtype, memory, { length });
    return { id: this.#ids++, type: dtype, shape, data };
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
