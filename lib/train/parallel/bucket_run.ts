import {
  compileAll,
  type DeviceTensor,
  type Engine,
  type Executable,
  type Program,
  zeros,
} from "../../tensor/mod.ts";
import { runOn, type Values } from "../known_values.ts";
import { workerName } from "../parts.ts";
import { mapKeys, mapValues } from "../records.ts";
import { type Bucket, shapesOf, type WeightGroup } from "./buckets.ts";
import type { BucketPrograms, BucketWork } from "./programs.ts";
import { rankName, SQUARES, unitName } from "./rank_share.ts";
import { swap } from "./swap.ts";
import type { Wire } from "./wire.ts";

type Tensors = Readonly<Record<string, DeviceTensor>>;

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
 * one order, and ends when what has arrived is at its place. Tensors travel from
 * where they lie to where they are read: nothing is packed.
 */
export class BucketRun {
  readonly #context: BucketContext;
  /** By rank. */
  readonly #buckets: readonly Bucket[];
  readonly #executables: BucketExecutables;
  readonly #units: readonly UnitExecutables[];
  /** Where the sums of other ranks arrive, by the names of gradients. */
  readonly #arrivals: readonly Tensors[];

  private constructor(
    context: BucketContext,
    buckets: readonly Bucket[],
    { executables, units, arrivals }: {
      executables: BucketExecutables;
      units: readonly UnitExecutables[];
      arrivals: readonly Tensors[];
    },
  ) {
    this.#context = context;
    this.#buckets = buckets;
    this.#executables = executables;
    this.#units = units;
    this.#arrivals = arrivals;
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
    const { sent, total } = programs;
    const own = units.flatMap((
      { programs: { measure, update } },
    ) => [measure, update]);
    const made = await compileAll(
      engine,
      [sent, total, ...own]
        .flatMap((program) => program ? [{ program, lane }] : []),
    );
    const executableOf = (program: Program | null) =>
      made.find((executable) => executable.program === program) ?? null;
    return new BucketRun(context, buckets, {
      executables: { sent: executableOf(sent), total: executableOf(total) },
      units: units.map((
        { unit: { index }, programs: { measure, update } },
      ) => ({
        index,
        measure: executableOf(measure)!,
        update: executableOf(update),
      })),
      arrivals: await arrivalsOf(context, buckets),
    });
  }

  /**
   * Readies the sums over this rank's parts for those who need them.
   *
   * @param sums by lane and name
   */
  async send(sums: Tensors): Promise<() => Promise<BucketTotals>> {
    const { sent } = this.#executables;
    const { engine, wire: { rank } } = this.#context;
    const own = sent === null
      ? (name: string) => sums[workerName(0, name)]!
      : valueIn(await runOn(engine, sent, sums));
    const parts = this.#buckets
      .map((bucket, to) => to === rank ? [] : gradientNames(bucket).map(own));
    return async () => {
      await swap(this.#context, parts, this.#arrivals.map(Object.values));
      return await this.#total(sums);
    };
  }

  /** @param sums of this rank, by lane and name */
  async #total(sums: Tensors): Promise<BucketTotals> {
    const { engine, wire: { rank } } = this.#context;
    const { total } = this.#executables;
    const arrived = this.#arrivals
      .map((own, from) => mapKeys(own, (name) => rankName(from, name)));
    const totals = total === null
      ? mapValues(
        this.#buckets[rank]!.byGradient,
        (_, name) => sums[workerName(0, name)]!,
      )
      : await runOn(engine, total, Object.assign({}, sums, ...arrived));
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
   * @param state whatever is kept here
   * @param known totals, what was measured, and numbers of the update
   */
  async update(state: Tensors, known: Values): Promise<() => Promise<void>> {
    const { engine, wire: { rank } } = this.#context;
    const all = { ...known, ...state };
    await Promise.all(
      this.#units.map(({ update }) => update && runOn(engine, update, all)),
    );
    const weights = this.#buckets.map(({ byGradient }) =>
      Object.values(byGradient).map((leaf) => state[leaf.attributes.name]!)
    );
    const others = (of: (from: number) => readonly DeviceTensor[]) =>
      weights.map((_, other) => other === rank ? [] : of(other));
    return () =>
      swap(
        this.#context,
        others(() => weights[rank]!),
        others((from) => weights[from]!),
      );
  }

  dispose(): void {
    const { engine } = this.#context;
    const units = this.#units
      .flatMap(({ measure, update }) => [measure, update]);
    for (const executable of [...Object.values(this.#executables), ...units]) {
      if (executable !== null) engine.dispose(executable);
    }
    for (const tensor of this.#arrivals.flatMap(Object.values)) {
      engine.dispose(tensor);
    }
  }
}

/** Memory for the sums of other ranks over the own bucket, by rank and name. */
async function arrivalsOf(
  { engine, wire: { rank } }: BucketContext,
  buckets: readonly Bucket[],
): Promise<readonly Tensors[]> {
  const made = buckets.map(async (_, from) => {
    const shapes = from === rank ? {} : shapesOf(buckets[rank]!);
    const entries = Object.entries(shapes).map(async ([name, shape]) =>
      [name, await engine.upload(zeros("f32", shape))] as const
    );
    return Object.fromEntries(await Promise.all(entries));
  });
  return await Promise.all(made);
}

function gradientNames({ byGradient }: WeightGroup): readonly string[] {
  return Object.keys(byGradient);
}

function valueIn(tensors: Tensors): (name: string) => DeviceTensor {
  return (name) => tensors[name]!;
}
