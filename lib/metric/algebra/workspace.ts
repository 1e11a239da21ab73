import { FLOAT_BYTES, type Kernels, kernelsOver } from "./kernels.ts";

const PAGE_BYTES = 65536;

/** Arrays begin at multiples of this, so that pairs are not split. */
const ALIGNMENT = 16;

/** Float64 numbers in a workspace's memory. */
export interface Place {
  /** Their first byte. */
  readonly at: number;
  readonly data: Float64Array;
}

/** Memory of one computation, with the inner loops that run in it. */
export class Workspace {
  readonly kernels: Kernels;
  readonly #memory: WebAssembly.Memory;
  #used = 0;

  /** Memory for arrays of so many float64 numbers, all zero. */
  constructor(lengths: readonly number[]) {
    const bytes = lengths.reduce((sum, length) => sum + placeBytes(length), 0);
    const initial = Math.ceil(bytes / PAGE_BYTES);
    this.#memory = new WebAssembly.Memory({ initial });
    this.kernels = kernelsOver(this.#memory);
  }

  /** The next array of one of the lengths. */
  take(length: number): Place {
    const at = this.#used;
    this.#used += placeBytes(length);
    return { at, data: new Float64Array(this.#memory.buffer, at, length) };
  }
}

function placeBytes(length: number): number {
  return Math.ceil(length * FLOAT_BYTES / ALIGNMENT) * ALIGNMENT;
}
