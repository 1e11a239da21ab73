import type { Collective } from "../../parallel/mod.ts";
import type { DeviceTensor, Engine, HostTensor } from "../../tensor/mod.ts";
import type { Values } from "../known_values.ts";
import { SMALL, SQUARES } from "./rank_share.ts";
import { type FloatType, gather, type Vectors, vectorsFor } from "./wire.ts";

/** How much each rank tells. */
interface MeasuredSizes {
  /** Units of all ranks. */
  readonly units: number;
  readonly players: number;
  /** Numbers of {@linkcode SMALL}. */
  readonly small: number;
}

/**
 * What every rank must know of all others before it updates weights: sums of
 * the squares of the gradients, by unit whoever has it, and the scalars and
 * buffers of each rank's parts.
 */
export class Measures {
  readonly #engine: Engine;
  readonly #collective: Collective;
  readonly #sizes: MeasuredSizes;
  readonly #own: HostTensor;
  readonly #received: Vectors;
  readonly #squares: HostTensor;
  readonly #small: HostTensor;

  constructor(
    { engine, collective, floats }: {
      readonly engine: Engine;
      readonly collective: Collective;
      readonly floats: FloatType;
    },
    sizes: MeasuredSizes,
  ) {
    const { size: ranks } = collective;
    const { units, players, small } = sizes;
    this.#engine = engine;
    this.#collective = collective;
    this.#sizes = sizes;
    const told = small + units / ranks * players;
    const [own, squares, smalls, ...received] = vectorsFor([
      told,
      units * players,
      ranks * small,
      ...Array.from({ length: ranks }, () => told),
    ], floats);
    this.#own = own!;
    this.#squares = { ...squares!, shape: [units, players] };
    this.#small = { ...smalls!, shape: [ranks, small] };
    this.#received = received;
  }

  /**
   * Tells the others.
   *
   * @param squares of this rank's units in their order, [units, players]
   * @param small of this rank, [1, n]
   * @returns values of {@linkcode SQUARES} and {@linkcode SMALL} of all ranks
   */
  async share(squares: DeviceTensor, small: DeviceTensor): Promise<Values> {
    // An engine need not be waited for where there is nobody to tell.
    if (this.#collective.size === 1) {
      return { [SQUARES]: squares, [SMALL]: small };
    }
    const [first, second] = await Promise.all([
      this.#engine.download(small),
      this.#engine.download(squares),
    ]);
    this.#own.data.set(first.data as never, 0);
    this.#own.data.set(second.data as never, this.#sizes.small);
    await gather(this.#collective, this.#own, this.#received);
    for (const [rank, { data }] of this.#received.entries()) {
      this.#take(rank, data);
    }
    return { [SQUARES]: this.#squares, [SMALL]: this.#small };
  }

  /** Puts what a rank has told in its place: its units are every so many. */
  #take(rank: number, data: HostTensor["data"]): void {
    const { small, players } = this.#sizes;
    this.#small.data.set(data.subarray(0, small) as never, rank * small);
    const ranks = this.#received.length;
    for (let from = small, i = 0; from < data.length; from += players, i++) {
      const row = data.subarray(from, from + players);
      this.#squares.data.set(row as never, (i * ranks + rank) * players);
    }
  }
}
