import type { RowRange } from "../../artifact/mod.ts";
import {
  type StoredTensor,
  toFloat32,
  type WeightSet,
} from "../../interop/mod.ts";
import type { ParameterSource } from "../../model/mod.ts";
import type { ParameterShapes } from "../../nn/mod.ts";
import { sizeOf } from "../../tensor/mod.ts";
import { assertWeights } from "./write_weights.ts";

/** What derived weights are made of. */
interface Derivation {
  /** Path of the file, for messages. */
  readonly file: string;
  readonly set: WeightSet;
  readonly sources: Readonly<Record<string, ParameterSource>>;
  readonly shapes: ParameterShapes;
}

/**
 * Weights of a network here, each of which is made of some of a file's tensors
 * when it is read; the last one made is kept, since large ones are read in pieces.
 */
export class DerivedWeights implements WeightSet {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly #from: Derivation;
  #made: { name: string; data: Float32Array<ArrayBuffer> } | undefined;

  constructor(from: Derivation) {
    this.#from = from;
    this.tensors = new Map(
      Object.entries(from.shapes)
        .map(([name, shape]) => [name, { dtype: "F32", shape }]),
    );
  }

  /** @throws {UserError} where a number of the file is not finite */
  async readRows(
    name: string,
    { start, count }: RowRange,
  ): Promise<Uint8Array<ArrayBuffer>> {
    if (this.#made?.name !== name) {
      this.#made = { name, data: await this.#make(name) };
    }
    const { data } = this.#made;
    const size = sizeOf(this.tensors.get(name)!.shape.slice(1));
    const rows = data.slice(start * size, (start + count) * size);
    return new Uint8Array(rows.buffer);
  }

  async #make(name: string): Promise<Float32Array<ArrayBuffer>> {
    const { of, make } = this.#from.sources[name]!;
    const { set, file } = this.#from;
    const parts: Float32Array<ArrayBuffer>[] = [];
    for (const key of Object.keys(of)) {
      const tensor = set.tensors.get(key)!;
      const rows = { start: 0, count: tensor.shape[0] ?? 1 };
      const data = toFloat32(await set.readRows(key, rows), tensor.dtype);
      assertWeights(data, { file, name: key, tensor, start: 0 });
      parts.push(data);
    }
    return make(parts);
  }
}
