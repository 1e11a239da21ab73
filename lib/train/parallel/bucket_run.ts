import {
  compileAll,
  type Engine,
  type Executable,
  type HostTensor,
  type Program,
} from "../../tensor/mod.ts";
import { runOn, type Values } from "../known_values.ts";
import { workerName } from "../parts.ts";
import { mapValues } from "../records.ts";
import { type Bucket, shapesOf } from "./buckets.ts";
import { flatSize } from "./flat.ts";
import type { BucketPrograms, BucketWork } from "./programs.ts";
import { rankName, SQUARES, unitName, UPDATED } from "./rank_share.ts";
import type { Vectors, Wire } from "./wire.ts";

type BucketExecutables = {
  readonly [Name in keyof BucketPrograms]: Executable | null;
};

interface UnitExecutables {
  readonly index: number;
  readonly measure: Executable;
  readonly update: Executable | null;
}

/** Sums over all ranks of the gradients that this rank updates by. */
export interface BucketTotals {
  /** By the names of gradients. */
  readonly totals: Values;
  /** What was measured of each unit, by its name. */
  readonly squares: Values;
}

/** What the runs of buckets share. */
export interface BucketContext {
  readonly engine: Engine;
  readonly wire: Wire;
}

/**
 * The way of one bucket of each rank through a step. `send` and `update` make
 * what travels; what they return starts the journey, which all ranks must do in
 * one order, and ends when what has arrived is at its place.
 */
export class BucketRun {
  readonly #context: BucketContext;
  readonly #own: Bucket;
  readonly #executables: BucketExecutables;
  readonly #units: readonly UnitExecutables[];
  /** Sums of other ranks over the own bucket. */
  readonly #sums: Vectors;
  /** Weights of all ranks' buckets. */
  readonly #weights: Vectors;

  private constructor(
    context: BucketContext,
    buckets: readonly Bucket[],
    { executables, units }: {
      executables: BucketExecutables;
      units: readonly UnitExecutables[];
    },
  ) {
    const { wire } = context;
    const sizes = buckets.map((bucket) => flatSize(shapesOf(bucket)));
    this.#context = context;
    this.#own = buckets[wire.rank]!;
    this.#executables = executables;
    this.#units = units;
    this.#sums = sizes.map((_, from) =>
      wire.vector(from === wire.rank ? 0 : sizes[wire.rank]!)
    );
    this.#weights = sizes.map((size) => wire.vector(size));
  }

  /**
   * @param options.buckets that of each rank
   * @param options.lane where the programs run
   */
  static async compile(
    context: BucketContext,
    { programs, units }: BucketWork,
    { buckets, lane }: {
      readonly buckets: readonly Bucket[];
      readonly lane: number;
    },
  ): Promise<BucketRun> {
    const { engine } = context;
    const { pack, total, publish, unpack } = programs;
    const own = units.flatMap((
      { programs: { measure, update } },
    ) => [measure, update]);
    const wanted = [pack, total, publish, unpack, ...own];
    const made = await compileAll(
      engine,
      wanted.flatMap((program) => program ? [{ program, lane }] : []),
    );
    const executableOf = (program: Program | null) =>
      made.find((executable) => executable.program === program) ?? null;
    return new BucketRun(context, buckets, {
      executables: {
        pack: executableOf(pack),
        total: executableOf(total),
        publish: executableOf(publish),
        unpack: executableOf(unpack),
      },
      units: units.map((
        { unit: { index }, programs: { measure, update } },
      ) => ({
        index,
        measure: executableOf(measure)!,
        update: executableOf(update),
      })),
    });
  }

  /**
   * Readies the sums over this rank's parts for those who need them.
   *
   * @param sums by lane and name
   */
  async send(sums: Values): Promise<() => Promise<BucketTotals>> {
    const { pack } = this.#executables;
    const { wire } = this.#context;
    const sent = await this.#download(pack, sums);
    if (wire.size === 1) return () => this.#total(sums);
    const parts = this.#sums.map((_, to) => sent[rankName(to)]);
    return async () => {
      await wire.exchange(parts, this.#sums);
      return await this.#total({ ...sums, ...byRank(this.#sums) });
    };
  }

  /** @param known sums of this rank by lane and name, those of others by rank */
  async #total(known: Values): Promise<BucketTotals> {
    const { engine } = this.#context;
    const { total } = this.#executables;
    const totals = total === null
      ? mapValues(
        this.#own.byGradient,
        (_, name) => known[workerName(0, name)]!,
      )
      : await runOn(engine, total, known);
    const squares = await Promise.all(
      this.#units.map(async ({ index, measure }) => {
        const { [SQUARES]: own } = await runOn(engine, measure, totals);
        return [unitName(index), own!] as const;
      }),
    );
    return { totals, squares: Object.fromEntries(squares) };
  }

  /**
   * Updates the weights of this rank, and readies them for all others.
   *
   * @param known totals, what was measured, numbers of the update and the state
   */
  async update(known: Values): Promise<() => Promise<void>> {
    const { engine, wire } = this.#context;
    const { publish, unpack } = this.#executables;
    await Promise.all(
      this.#units.map(({ update }) => update && runOn(engine, update, known)),
    );
    const { [UPDATED]: own } = await this.#download(publish, known);
    if (wire.size === 1) return () => Promise.resolve();
    return async () => {
      await wire.gather(own, this.#weights);
      if (unpack === null) return;
      await runOn(engine, unpack, { ...known, ...byRank(this.#weights) });
    };
  }

  /** Outputs of a program, which may be none, on the host. */
  async #download(
    executable: Executable | null,
    known: Values,
  ): Promise<Readonly<Record<string, HostTensor>>> {
    if (executable === null) return {};
    const { engine } = this.#context;
    const outputs = await runOn(engine, executable, known);
    const found = Object.entries(outputs).map(async ([name, tensor]) =>
      [name, await engine.download(tensor)] as const
    );
    return Object.fromEntries(await Promise.all(found));
  }

  dispose(): void {
    const { engine } = this.#context;
    const units = this.#units
      .flatMap(({ measure, update }) => [measure, update]);
    for (const executable of [...Object.values(this.#executables), ...units]) {
      if (executable !== null) engine.dispose(executable);
    }
  }
}

/** Vectors of ranks as inputs. */
function byRank(vectors: Vectors): Record<string, HostTensor> {
  const entries = vectors.map((vector, rank) =>
    [rankName(rank), vector] as const
  );
  return Object.fromEntries(entries);
}
