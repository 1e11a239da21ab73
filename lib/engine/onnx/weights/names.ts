import {
  type FrozenStates,
  type FrozenTensor,
  loadFrozen,
  type Program,
  sizeOf,
  type StoredTensor,
  type Tensor,
} from "../../../tensor/mod.ts";
import { FrozenWeight } from "./frozen.ts";

/** Frozen states by the leaves that they stand for. */
export interface SortedStates {
  /** Those that lowerings look at. */
  readonly frozen: ReadonlyMap<Tensor, FrozenTensor>;
  /** Matrices: only their names matter until the models are stored. */
  readonly leaves: ReadonlyMap<Tensor, FrozenWeight>;
}

/** Names weights, so that programs share what is made of them. */
export class WeightNames {
  /** Names of weights in memory, by their numbers. */
  readonly #names = new WeakMap<FrozenTensor["data"], string>();
  #count = 0;

  /** Sorts frozen states into matrices, which can wait, and the rest. */
  async sort(
    { state }: Program,
    states: FrozenStates,
  ): Promise<SortedStates> {
    const frozen = new Map<Tensor, FrozenTensor>();
    const leaves = new Map<Tensor, FrozenWeight>();
    for (const [key, tensor] of Object.entries(states)) {
      const leaf: Tensor = state[key]!.value;
      const waits = leaf.shape.length === 2 && leaf.dtype === "f32" &&
        sizeOf(leaf.shape) > 0;
      if (waits) leaves.set(leaf, new FrozenWeight(tensor, this.#name(tensor)));
      else frozen.set(leaf, await loadFrozen(tensor));
    }
    return { frozen, leaves };
  }

  #name(tensor: FrozenTensor | StoredTensor): string {
    if ("load" in tensor) return tensor.identity;
    let name = this.#names.get(tensor.data);
    if (name === undefined) {
      name = `memory ${this.#count++}`;
      this.#names.set(tensor.data, name);
    }
    return name;
  }
}
