import type { DeviceTensor, Engine, HostTensor } from "../../tensor/mod.ts";
import type { Values } from "../known_values.ts";
import { SMALL, SQUARES } from "./rank_share.ts";
import type { Vectors, Wire } from "./wire.ts";

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
  readonly #wire: Wire;
  readonly #sizes: MeasuredSizes;
  readonly #own: HostTensor;
  readonly #received: Vectors;
  readonly #squares: HostTensor;
  readonly #small: HostTensor;

  constructor(
    { engine, wire }: { readonly engine: Engine; readonly wire: Wire },
    sizes: MeasuredSizes,
  ) {
    const { size: ranks } = wire;
    const { units, players, small } = sizes;
    this.#engine = engine;
    this.#wire = wire;
    this.#sizes = sizes;
    const told = small + units / ranks * players;
    const zeros = (rows: number, columns: number) => ({
      ...wire.vector(rows * columns),
      shape: [rows, columns],
    });
    this.#own = wire.vector(told);
    this.#squares = zeros(units, players);
    this.#small = zeros(ranks, small);
    this.#received = Array.from({ length: ranks }, () => wire.vector(told));
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
    if (this.#wire.size === 1) {
      return { [SQUARES]: squares, [SMALL]: small };
    }
    const [first, second] = await Promise.all([
      this.#engine.download(small),
      this.#engine.download(squares),
    ]);
    this.#own.data.set(first.data as never, 0);
    this.#own.data.set(second.data as never, this.#sizes.small);
    await this.#wire.gather(this.#own, this.#received);
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
