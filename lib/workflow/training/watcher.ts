import { join } from "node:path";
import type { Progress, ProgressTask } from "../../pipeline/mod.ts";
import {
  learningRate,
  scalarName,
  type StepReport,
  type TrainingLog,
  type TrainingStep,
} from "../../train/mod.ts";
import { LogFolder } from "./log_folder.ts";

/** Shows a training's progress, and writes its scalars where a folder is given. */
export class Watcher {
  readonly #step: TrainingStep;
  readonly #task: ProgressTask;
  readonly #folder: string | undefined;
  #log: LogFolder | undefined;

  constructor(
    step: TrainingStep,
    { steps, progress, folder }: {
      readonly steps: number;
      readonly progress: Progress;
      /** Where trainings have a folder each, by their names. */
      readonly folder: string | undefined;
    },
  ) {
    this.#step = step;
    this.#task = progress.start({
      total: steps,
      unit: "step",
    });
    this.#folder = folder && join(folder, step.name);
  }

  /** The folder of this training's log, where one was asked for. */
  get log(): LogFolder | undefined {
    return this.#log;
  }

  /** A run starts after `done` steps, whose scalars are known. */
  async start(
    done: number,
    { log }: { readonly log: TrainingLog },
  ): Promise<void> {
    this.#task.resume(done);
    if (this.#folder === undefined) return;
    this.#log = await LogFolder.open(this.#folder, done);
    this.#log.fill(log, done);
  }

  /** A step is done. */
  step(done: number, { loss, scalars, waitedForRanks }: StepReport): void {
    const waits = waitedForRanks ? `, ranks ${percent(waitedForRanks)}` : "";
    this.#task.set(done, `loss ${loss.toFixed(4)}${waits}`);
    this.#log?.write(done, {
      ...scalars,
      ...this.#numbersOf(done - 1),
      ...waitedForRanks && { waitedForRanks },
    });
  }

  close(): void {
    this.#task.finish();
    this.#log?.close();
  }

  /** Learning rates and weights of a step (from 0). */
  #numbersOf(step: number): Record<string, number> {
    const { players, scalars = {} } = this.#step;
    const rates = Object.entries(players).map(([player, { schedule }]) =>
      [
        scalarName("learningRate", player, players),
        learningRate(step, schedule),
      ] as const
    );
    const weights = Object.entries(scalars)
      .map(([name, at]) => [name, at(step)] as const);
    return Object.fromEntries([...rates, ...weights]);
  }
}

/** A share of the time in words. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
