import {
  type DeviceTensor,
  type Engine,
  type HostTensor,
  type Shape,
  sizeOf,
} from "../../tensor/mod.ts";
import type { BorrowedState, HeldState } from "../held_state.ts";
import type { Wire } from "./wire.ts";

/** The rank that reads whole states. */
const LEADER = 0;

/** A state of which each rank keeps a share: rank 0 gets all of it, tensor by tensor. */
export class SharedState implements HeldState {
  readonly tensors: Readonly<Record<string, DeviceTensor>>;
  readonly leads: boolean;
  readonly #engine: Engine;
  readonly #wire: Wire;
  readonly #owners: ReadonlyMap<string, number>;
  readonly #shapes: Readonly<Record<string, Shape>>;

  constructor(
    tensors: Readonly<Record<string, DeviceTensor>>,
    { engine, wire, owners, shapes }: {
      readonly engine: Engine;
      readonly wire: Wire;
      /** Who alone has a tensor; of others each rank has a copy. */
      readonly owners: ReadonlyMap<string, number>;
      /** Of the whole state. */
      readonly shapes: Readonly<Record<string, Shape>>;
    },
  ) {
    this.tensors = tensors;
    this.leads = wire.rank === LEADER;
    this.#engine = engine;
    this.#wire = wire;
    this.#owners = owners;
    this.#shapes = shapes;
  }

  async *read(
    names: readonly string[],
  ): AsyncGenerator<readonly [string, HostTensor]> {
    for (const name of names) {
      const found = await this.#read(name);
      if (found !== undefined) yield [name, found];
    }
  }

  async borrow(names: readonly string[]): Promise<BorrowedState> {
    const engine = this.#engine;
    const others = names.filter((name) => this.#owners.has(name));
    const lent: Record<string, DeviceTensor> = {};
    for await (const [name, tensor] of this.read(others)) {
      if (this.tensors[name] === undefined) {
        lent[name] = await engine.upload(tensor);
      }
    }
    return {
      tensors: { ...this.tensors, ...lent },
      [Symbol.dispose]() {
        for (const tensor of Object.values(lent)) engine.dispose(tensor);
      },
    };
  }

  /** A tensor, where this rank leads. */
  async #read(name: string): Promise<HostTensor | undefined> {
    const owner = this.#owners.get(name) ?? LEADER;
    const { rank, size } = this.#wire;
    const own = owner === rank
      ? await this.#engine.download(this.tensors[name]!)
      : undefined;
    if (owner === LEADER) return own;
    const shape = this.#shapes[name]!;
    const whole = this.leads
      ? { ...this.#wire.vector(sizeOf(shape)), shape }
      : undefined;
    const ranks = Array.from({ length: size }, (_, other) => other);
    const parts = ranks.map((to) => to === LEADER && own ? [own] : []);
    const into = ranks.map((from) => from === owner && whole ? [whole] : []);
    await this.#wire.exchange(parts, into);
    return whole;
  }
}
