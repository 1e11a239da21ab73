import {
  type FrozenStates,
  type FrozenTensor,
  loadFrozen,
  type StoredTensor,
} from "../../../tensor/mod.ts";

/** Reads stored weights once, however many programs share them. */
export class LoadedWeights {
  readonly #loaded = new WeakMap<StoredTensor, FrozenTensor>();

  /** The values of frozen states, in memory. */
  async load(
    frozen: FrozenStates,
  ): Promise<Record<string, FrozenTensor>> {
    const values: Record<string, FrozenTensor> = {};
    for (const [name, tensor] of Object.entries(frozen)) {
      const known = "load" in tensor ? this.#loaded.get(tensor) : undefined;
      values[name] = known ?? await loadFrozen(tensor);
      if ("load" in tensor) this.#loaded.set(tensor, values[name]);
    }
    return values;
  }
}
