import { digestBytes } from "../../artifact/mod.ts";
import { type FrozenStates, loadFrozen } from "../../tensor/mod.ts";
import {
  arraysOf,
  type Shard,
  SHARD_BYTES,
  type TensorPlace,
  WEB_MODEL,
  type WebModel,
} from "../../web/mod.ts";
import type { OpenWebModel } from "./open_model.ts";

/** Digits of a shard's digest that its name has: an address never changes its content. */
const NAME_DIGITS = 16;

/** How shards are written. */
export interface WriteShards {
  /** What people call the model. */
  readonly name: string;
  /** Called with each shard. */
  write(file: string, bytes: Uint8Array): Promise<void>;
  /** Called after each tensor. */
  onTensor?(): void;
  readonly signal?: AbortSignal;
  /** Most bytes of a shard. */
  readonly shardBytes?: number;
}

/**
 * Writes the numbers that sampling needs, cut into shards.
 *
 * @returns the description of the model
 */
export async function writeShards(
  { ar, vae, ...model }: OpenWebModel,
  { name, write, onTensor, signal, shardBytes = SHARD_BYTES }: WriteShards,
): Promise<WebModel> {
  const cutter = new Cutter(shardBytes, write);
  const placesOf = async (weights: FrozenStates) => {
    const places: Record<string, TensorPlace> = {};
    for (const [name, weight] of Object.entries(weights)) {
      signal?.throwIfAborted();
      const tensor = await loadFrozen(weight);
      const { dtype, shape } = tensor;
      places[name] = { dtype, shape, start: cutter.end };
      for (const bytes of arraysOf(tensor)) await cutter.add(bytes);
      onTensor?.();
    }
    return places;
  };
  const tensors = {
    ar: await placesOf(ar.weights),
    vae: await placesOf(vae.weights),
  };
  return {
    ...WEB_MODEL,
    name,
    ...model,
    ar: ar.config,
    vae: vae.config,
    tensors,
    shards: await cutter.finish(),
  };
}

/** Cuts what it is given into shards of one size. */
class Cutter {
  /** Bytes so far. */
  end = 0;
  readonly #write: WriteShards["write"];
  readonly #shard: Uint8Array<ArrayBuffer>;
  readonly #shards: Shard[] = [];
  #filled = 0;

  constructor(shardBytes: number, write: WriteShards["write"]) {
    this.#shard = new Uint8Array(shardBytes);
    this.#write = write;
  }

  async add(bytes: Uint8Array): Promise<void> {
    this.end += bytes.length;
    for (let at = 0; at < bytes.length;) {
      const room = this.#shard.length - this.#filled;
      const part = bytes.subarray(at, at + room);
      this.#shard.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled === this.#shard.length) await this.#flush();
    }
  }

  async finish(): Promise<readonly Shard[]> {
    if (this.#filled > 0) await this.#flush();
    return this.#shards;
  }

  async #flush(): Promise<void> {
    const bytes = this.#shard.slice(0, this.#filled);
    const sha256 = digestBytes(bytes);
    const file = `${sha256.slice(0, NAME_DIGITS)}.bin`;
    const isThere = this.#shards.some((shard) => shard.file === file);
    if (!isThere) await this.#write(file, bytes);
    this.#shards.push({ file, bytes: bytes.length, sha256 });
    this.#filled = 0;
  }
}
