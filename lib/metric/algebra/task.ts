import { type Kernels, kernelsOver } from "./kernels.ts";

/** A memory of float64 numbers, and the inner loops that run in it. */
export interface Bench {
  readonly kernels: Kernels;
  readonly numbers: Float64Array;
}

/** What a thread needs to work in a memory. */
export function benchOver(memory: WebAssembly.Memory): Bench {
  return {
    kernels: kernelsOver(memory),
    numbers: new Float64Array(memory.buffer),
  };
}

/**
 * Work in items, each of which any thread may do at any time: none reads what
 * another writes, so results do not depend on who did what.
 */
export interface Task<Key extends string> {
  /** Names of the numbers that it is told, all of 32 bits. */
  readonly keys: readonly Key[];
  run(bench: Bench, values: Readonly<Record<Key, number>>, item: number): void;
}
