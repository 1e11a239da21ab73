import { UserError } from "../artifact/mod.ts";
import type { TrainingLog } from "./checkpoint.ts";
import { scalarName } from "./names.ts";
import { mapValues } from "./records.ts";
import { limitName, MOST_SKIPPED, normLimit, SKIPPED } from "./spikes.ts";
import type { TrainingStep } from "./step.ts";

type Scalars = Readonly<Record<string, number>>;

/** The scalars of a training's steps, which say whether it may go on. */
export class TrainingRecord {
  /** Steps whose scalars are known. */
  steps: number;
  readonly #step: TrainingStep;
  /** One number a step, zero where it is not done. */
  readonly #log: TrainingLog = {};

  constructor(
    step: TrainingStep,
    { names, steps, done, log }: {
      /** What a step reports. */
      readonly names: readonly string[];
      /** Of the whole training. */
      readonly steps: number;
      /** Steps that an earlier run has done. */
      readonly done: number;
      /** Their scalars. */
      readonly log: TrainingLog;
    },
  ) {
    this.#step = step;
    this.steps = done;
    for (const name of names) {
      this.#log[name] = new Float32Array(steps);
      this.#log[name].set(log[name] ?? []);
    }
  }

  /** Scalars of the steps so far. */
  get log(): TrainingLog {
    return mapValues(this.#log, (values) => values.slice(0, this.steps));
  }

  /** The first player's loss at the last step. */
  get loss(): number {
    return this.#log[this.#lossName]![this.steps - 1]!;
  }

  /**
   * Takes the scalars of the next step. Figures that are not finite are those of
   * the step before where the step was skipped.
   *
   * @returns the first player's loss
   * @throws {UserError} when the training must not go on from the step
   */
  take(record: Scalars): number {
    const skipped = record[SKIPPED] === 1;
    if (!skipped) this.#requireGood(record);
    const at = this.steps++;
    for (const [name, value] of Object.entries(record)) {
      const values = this.#log[name]!;
      const kept = skipped && !Number.isFinite(Math.fround(value));
      values[at] = kept ? values[at - 1] ?? 0 : value;
    }
    if (skipped) this.#requireProgress();
    return record[this.#lossName]!;
  }

  /** The limits of the players' norms at a step (from 0), by names of inputs. */
  limits(step: number): Record<string, number> {
    const { players, spikes } = this.#step;
    if (spikes?.action !== "skip") return {};
    const limits = Object.keys(players)
      .map((player) =>
        [limitName(player), this.#limitOf(player, step)] as const
      );
    return Object.fromEntries(limits);
  }

  #limitOf(player: string, step: number): number {
    const { players, spikes } = this.#step;
    const norms = this.#log[scalarName("gradientNorm", player, players)]!;
    return normLimit(norms, step, spikes!.ratio);
  }

  get #lossName(): string {
    const { players } = this.#step;
    return scalarName("loss", Object.keys(players)[0]!, players);
  }

  /** A gradient that is not finite has spoilt the state, whatever the loss is. */
  #requireGood(record: Scalars): void {
    const { players, spikes } = this.#step;
    for (const player of Object.keys(players)) {
      for (const what of ["loss", "gradientNorm"] as const) {
        const name = scalarName(what, player, players);
        if (!Number.isFinite(record[name]!)) {
          this.#stop(`the "${name}" is ${record[name]}`);
        }
      }
      if (spikes?.action !== "stop") continue;
      const name = scalarName("gradientNorm", player, players);
      const limit = this.#limitOf(player, this.steps);
      if (record[name]! <= limit) continue;
      this.#stop(
        `the "${name}" is ${record[name]}, above ${spikes.ratio} times its ` +
          "running median",
      );
    }
  }

  #requireProgress(): void {
    const last = this.#log[SKIPPED]!
      .subarray(Math.max(0, this.steps - MOST_SKIPPED), this.steps);
    if (last.length < MOST_SKIPPED || last.some((skipped) => skipped === 0)) {
      return;
    }
    this.#stop(`the last ${MOST_SKIPPED} steps were skipped`, this.steps - 1);
  }

  #stop(why: string, step = this.steps): never {
    throw new UserError(
      `Cannot go on training "${this.#step.name}": ${why} at step ${step}; ` +
        "the last good checkpoint is kept",
    );
  }
}
