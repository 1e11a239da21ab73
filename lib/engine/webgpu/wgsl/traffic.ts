import { sizeOf, type Tensor } from "../../../tensor/mod.ts";
import { bitsOf } from "./formats.ts";
import type { Storage } from "./storage.ts";

/** What a kernel moves of one storage buffer, in elements. */
interface Moved {
  /** By tensor that lies there, then by the view through which it is read. */
  readonly reads: Map<Tensor, Map<Tensor, number>>;
  writes: number;
}

/**
 * Counts what a kernel must move at least: each element once, and of a tensor
 * that is read through a slice or a gather only as many as come out of that.
 */
export class Traffic {
  readonly #moved = new Map<Storage, Moved>();
  /** Tensors that are being computed, outermost first. */
  readonly #path: Tensor[] = [];

  /** Notes that what `write` reads is read for the elements of a tensor. */
  through<T>(tensor: Tensor, write: () => T): T {
    this.#path.push(tensor);
    const result = write();
    this.#path.pop();
    return result;
  }

  /** Notes a read of a tensor that lies in a storage. */
  read(storage: Storage, tensor: Tensor): void {
    const { reads } = this.#of(storage);
    let views = reads.get(tensor);
    if (views === undefined) reads.set(tensor, views = new Map());
    let narrowest = tensor;
    for (const each of this.#path) {
      if (sizeOf(each.shape) <= sizeOf(narrowest.shape)) narrowest = each;
    }
    views.set(narrowest, sizeOf(narrowest.shape));
  }

  /** Notes that some elements of a storage are written. */
  write(storage: Storage, elements: number): void {
    const moved = this.#of(storage);
    moved.writes = Math.max(moved.writes, elements);
  }

  /** Bytes that are moved of a storage; all of it where nobody has counted. */
  bytes(storage: Storage): number {
    const moved = this.#moved.get(storage);
    const each = bitsOf(storage) / 8;
    if (moved === undefined) return each * sizeOf(storage.shape);
    let elements = moved.writes;
    for (const [tensor, views] of moved.reads) {
      const all = [...views.values()].reduce((sum, size) => sum + size, 0);
      elements += Math.min(all, sizeOf(tensor.shape));
    }
    return each * elements;
  }

  #of(storage: Storage): Moved {
    let moved = this.#moved.get(storage);
    if (moved === undefined) {
      this.#moved.set(storage, moved = { reads: new Map(), writes: 0 });
    }
    return moved;
  }
}
