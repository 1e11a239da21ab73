import type { z } from "zod";
import {
  type ArtifactReader,
  type JsonRecord,
  UserError,
} from "../../artifact/mod.ts";
import {
  byteText,
  type OutputSlot,
  type StageContext,
  type StageSummary,
} from "../../pipeline/mod.ts";
import type { InSteps, TrainingNumbers } from "../../preset/mod.ts";
import {
  type Checkpoint,
  firstCheckpoint,
  type Pause,
  readCheckpoint,
  type SpikeRule,
  type StateMemory,
  train,
  type Training,
  type TrainingStep,
} from "../../train/mod.ts";
import type {
  COMPUTE_OPTIONS,
  KEEPING_OPTIONS,
  VALIDATING_OPTIONS,
} from "../options/mod.ts";
import { formerState, stateKeeper } from "./kept_state.ts";
import { contentOf, milestones } from "./milestones.ts";
import { type GivenStart, type Start, startWeights } from "./start.ts";
import { validation, type Validator } from "./validation.ts";
import { percent, Watcher } from "./watcher.ts";

/** Validations of a training, where nobody says how many. */
const VALIDATIONS = 10;

/** How a training is computed, and what it leaves. */
type RunOptions = z.infer<
  z.ZodObject<
    & typeof COMPUTE_OPTIONS
    & typeof KEEPING_OPTIONS
    & typeof VALIDATING_OPTIONS
  >
>;

/** What a training stage hands over, beside its context. */
export interface StageTraining extends
  Pick<
    StageContext,
    "engine" | "seed" | "progress" | "signal" | "scratch" | "log" | "ranks"
  > {
  readonly numbers: Pick<
    InSteps<TrainingNumbers>,
    "steps" | "batch" | "parts" | "spikeRatio" | "spikeAction"
  >;
  /** The step for any number of rows of the batch. */
  readonly step: (rows: number) => TrainingStep;
  readonly options: RunOptions;
  /** Where the trained weights go. */
  readonly output: OutputSlot;
  /** Sizes of the model, as its artifact has them. */
  readonly config: JsonRecord;
  /** The parameters of each player, with how they start. */
  readonly specs: Start["specs"];
  /** Weights to start from in the place of new ones. */
  readonly given?: GivenStart | undefined;
  readonly batch: Training["batch"];
  /** How it is validated, where there is something to validate on. */
  readonly validator?: Validator | undefined;
}

/**
 * Runs a training with progress, checkpoints and resuming, and writes the first
 * player's weights with the log.
 */
export async function trainStage(
  training: StageTraining,
): Promise<StageSummary> {
  const { output, config, numbers: { steps }, ranks } = training;
  const { waited, waitedForRanks, ...trained } = await run(training);
  if (ranks.rank === 0) await output.write(contentOf(trained, config));
  const waits = { waited, ...ranks.size > 1 && { waitedForRanks } };
  const words = Object.entries(waits)
    .map(([name, share]) =>
      `${percent(share!)} of the time for ${WAITS[name]}`
    );
  training.log.info(`waited ${words.join(", ")}`);
  const rounded = Object.entries(waits)
    .map(([name, share]) => [name, Number(share!.toFixed(4))] as const);
  return { steps, loss: trained.loss, ...Object.fromEntries(rounded) };
}

/** What a training waited for, in words. */
const WAITS: Readonly<Record<string, string>> = {
  waited: "data",
  waitedForRanks: "other ranks",
};

async function run(training: StageTraining): ReturnType<typeof train> {
  const { numbers, step, options, output, config } = training;
  const { steps, batch: rows } = numbers;
  const whole = step(rows);
  const watcher = new Watcher(whole, {
    ...training,
    steps,
    folder: training.ranks.rank === 0 ? options.log : undefined,
  });
  try {
    return await train({
      engine: await training.engine(),
      step: (rows) => ({
        ...step(rows),
        recompute: options.recompute,
        spikes: spikeRule(numbers),
      }),
      rows,
      accumulate: options.accumulate,
      parts: numbers.parts,
      collective: training.ranks,
      steps,
      start: () => startOf(training),
      batch: training.batch,
      checkpoint: training.scratch("checkpoint.safetensors"),
      checkpointSeconds: options.checkpointEvery,
      signal: training.signal,
      pauses: await pausesOf(training, watcher),
      ...options.keepState && { keep: await stateKeeper(output, config) },
      onStart: async (done, start) => {
        tellMemory(training, start.memory);
        await watcher.start(done, start);
      },
      onStep: (done, report) => watcher.step(done, report),
    });
  } finally {
    watcher.close();
  }
}

/** Says what of the state a rank keeps, where it shares one. */
function tellMemory(
  { log, ranks: { rank, size } }: StageTraining,
  { whole, here }: StateMemory,
): void {
  if (size === 1) return;
  log.info(
    `rank ${rank} of ${size} keeps ${byteText(here)} of weights, moments and ` +
      `averages, of ${byteText(whole)} in all`,
  );
}

function spikeRule(
  { spikeRatio: ratio, spikeAction: action = "skip" }: StageTraining["numbers"],
): SpikeRule | undefined {
  return ratio === undefined ? undefined : { ratio, action };
}

/** Validations before milestones: what is measured is what is kept. */
async function pausesOf(
  training: StageTraining,
  watcher: Watcher,
): Promise<Pause[]> {
  const { numbers: { steps }, options, validator } = training;
  const { saveEvery, keepLast, validateEvery, keepBest = false } = options;
  const pauses: Pause[] = [];
  if (validator !== undefined) {
    pauses.push(
      await validation(validator, {
        ...training,
        steps,
        every: validateEvery ?? Math.ceil(steps / VALIDATIONS),
        keepBest,
        messages: training.log,
        logFolder: () => watcher.log,
      }),
    );
  } else if (validateEvery !== undefined || keepBest) {
    throw new UserError(
      "Cannot validate a training: expected --heldout with --validate-every " +
        "and --keep-best",
    );
  }
  if (keepLast !== undefined && saveEvery === undefined) {
    throw new UserError(
      "Cannot keep the last milestones: expected --save-every with --keep-last",
    );
  }
  if (saveEvery !== undefined) {
    pauses.push(
      await milestones(training, { every: saveEvery, last: keepLast, steps }),
    );
  }
  return pauses;
}

/** The state that a training starts from: a kept one, or that of its weights. */
async function startOf(training: StageTraining): Promise<Checkpoint> {
  const { numbers: { steps, batch }, given, output, log } = training;
  const whole = training.step(batch);
  const former = await formerState(output, whole, { steps, log });
  if (former !== undefined) return former;
  if (given?.artifact.kind === "checkpoint") {
    return await givenState(given.artifact, whole, training);
  }
  return firstCheckpoint(whole, await startWeights(training));
}

/** @throws {UserError} where the state is not one of this training, or too far on */
async function givenState(
  artifact: ArtifactReader,
  whole: TrainingStep,
  { numbers: { steps }, log }: StageTraining,
): Promise<Checkpoint> {
  const kept = await readCheckpoint(artifact, whole);
  if (kept.step > steps) {
    throw new UserError(
      `Cannot go on from "${artifact.name}": it is at step ${kept.step}, ` +
        `expected at most the ${steps} steps of this training`,
    );
  }
  log.info(`goes on from step ${kept.step} of "${artifact.name}"`);
  return kept;
}
