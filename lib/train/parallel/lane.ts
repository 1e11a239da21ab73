import {
  type DeviceTensor,
  type Engine,
  type Executable,
  zeros,
} from "../../tensor/mod.ts";
import { partOf, runOn, type Values } from "../known_values.ts";
import { sumName } from "../parts.ts";
import { mapKeys, mapValues } from "../records.ts";
import type { TrainingStep } from "../step.ts";
import { frozenStates } from "../step_program.ts";
import type { RankPrograms } from "./programs.ts";

type Tensors = Readonly<Record<string, DeviceTensor>>;

/** Sums over parts; those of several are in memory of their own. */
interface PartSums {
  readonly sums: Tensors;
  /** The same by the names of states, where they stay until they are freed. */
  readonly kept?: Tensors;
}

/** Parts of a batch in turn; their sums are added in the order of the tree. */
export class Lane {
  readonly #engine: Engine;
  readonly #gradients: Executable;
  /** Where there is more than one part. */
  readonly #keep: Executable | null;
  readonly #merge: Executable | null;
  /** Parts that it does, and those of the lanes before it. */
  readonly #rounds: number;
  readonly #first: number;
  /** Memory for sums, of which a few are in use. */
  readonly #all: Tensors[] = [];
  #free: Tensors[] = [];

  private constructor(
    engine: Engine,
    { gradients, keep, merge }: {
      gradients: Executable;
      keep: Executable | null;
      merge: Executable | null;
    },
    { first, rounds }: { first: number; rounds: number },
  ) {
    this.#engine = engine;
    this.#gradients = gradients;
    this.#keep = keep;
    this.#merge = merge;
    this.#first = first;
    this.#rounds = rounds;
  }

  static async compile(
    engine: Engine,
    { gradients, keep, merge }: Pick<
      RankPrograms,
      "gradients" | "keep" | "merge"
    >,
    { step, lane, rounds }: {
      readonly step: TrainingStep;
      readonly lane: number;
      readonly rounds: number;
    },
  ): Promise<Lane> {
    const frozen = frozenStates(step);
    const several = rounds > 1;
    const executables = {
      gradients: await engine.compile(gradients, { lane, frozen }),
      keep: several ? await engine.compile(keep, { lane }) : null,
      merge: several ? await engine.compile(merge, { lane }) : null,
    };
    return new Lane(engine, executables, { first: lane * rounds, rounds });
  }

  /**
   * Sums over its parts, by the names of the outputs of a part; valid until the
   * next call.
   *
   * @param values the rows of all lanes
   */
  async sums(values: Values, state: Tensors): Promise<Tensors> {
    this.#free = [...this.#all];
    const known = { values, state };
    const { sums } = await this.#sum(known, this.#first, this.#rounds);
    return sums;
  }

  async #sum(
    known: { readonly values: Values; readonly state: Tensors },
    part: number,
    count: number,
  ): Promise<PartSums> {
    if (count === 1) {
      const { values, state } = known;
      const rows = partOf(this.#gradients, values, part);
      const own = { ...state, ...rows };
      return { sums: await runOn(this.#engine, this.#gradients, own) };
    }
    const half = count / 2;
    const left = await this.#keptOf(await this.#sum(known, part, half));
    const right = await this.#sum(known, part + half, half);
    await runOn(this.#engine, this.#merge!, { ...left, ...right.sums });
    if (right.kept !== undefined) this.#free.push(right.kept);
    const names = Object.keys(right.sums)
      .map((name) => [name, left[sumName(name)]!] as const);
    return { sums: Object.fromEntries(names), kept: left };
  }

  /** Sums in memory that the next part does not write to. */
  async #keptOf({ sums, kept }: PartSums): Promise<Tensors> {
    if (kept !== undefined) return kept;
    const free = this.#free.pop() ?? await this.#allocate(sums);
    await runOn(this.#engine, this.#keep!, { ...free, ...sums });
    return free;
  }

  async #allocate(sums: Tensors): Promise<Tensors> {
    const made: Record<string, DeviceTensor> = {};
    for (const [name, { shape }] of Object.entries(mapKeys(sums, sumName))) {
      made[name] = await this.#engine.upload(zeros("f32", shape));
    }
    this.#all.push(made);
    return made;
  }

  dispose(): void {
    for (const executable of [this.#gradients, this.#keep, this.#merge]) {
      if (executable !== null) this.#engine.dispose(executable);
    }
    for (const tensors of this.#all) {
      mapValues(tensors, (tensor) => this.#engine.dispose(tensor));
    }
  }
}
