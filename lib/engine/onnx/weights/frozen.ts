import {
  type FrozenTensor,
  isOp,
  loadFrozen,
  type StoredTensor,
  type Tensor,
} from "../../../tensor/mod.ts";

/** A frozen state with a name for its numbers. */
export class FrozenWeight {
  readonly dtype: FrozenTensor["dtype"];
  readonly shape: readonly number[];
  readonly #tensor: FrozenTensor | StoredTensor;
  /** What was loaded last: several parts of one matrix are made in a row. */
  #loaded: WeakRef<FrozenTensor> | undefined;

  /**
   * @param identity weights of one identity hold the same numbers; in every
   * process, where the tensor is stored
   */
  constructor(
    tensor: FrozenTensor | StoredTensor,
    readonly identity: string,
  ) {
    this.#tensor = tensor;
    this.dtype = tensor.dtype;
    this.shape = tensor.shape;
  }

  /** Whether the identity holds in every process. */
  get isStored(): boolean {
    return "load" in this.#tensor;
  }

  /** The numbers. */
  async load(): Promise<FrozenTensor> {
    const known = this.#loaded?.deref();
    if (known !== undefined) return known;
    const loaded = await loadFrozen(this.#tensor);
    this.#loaded = new WeakRef(loaded);
    return loaded;
  }
}

/** Some rows of a frozen matrix [out, in]. */
export interface FrozenRows {
  readonly weight: FrozenWeight;
  readonly start: number;
  readonly count: number;
  /** Numbers in a row. */
  readonly width: number;
}

/** Frozen states by the leaves that they stand for. */
export type FrozenLeaves = ReadonlyMap<Tensor, FrozenWeight>;

/** The rows of a frozen f32 matrix that a tensor is: all, or a slice of them. */
export function frozenRows(
  tensor: Tensor,
  leaves: FrozenLeaves,
): FrozenRows | null {
  if (tensor.shape.length !== 2 || tensor.dtype !== "f32") return null;
  const [count, width] = tensor.shape as readonly [number, number];
  const weight = leaves.get(tensor);
  if (weight !== undefined) return { weight, start: 0, count, width };
  if (!isOp(tensor, "slice")) return null;
  const rows = frozenRows(tensor.inputs[0]!, leaves);
  if (rows === null || rows.width !== width) return null;
  return { ...rows, start: rows.start + tensor.attributes.starts[0]!, count };
}
