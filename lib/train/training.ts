import type { Engine, HostTensor } from "../tensor/mod.ts";
import type { BatchRows } from "./batch_rows.ts";
import type { Checkpoint, SavedState, TrainingLog } from "./checkpoint.ts";
import type { Batch, StepOptions } from "./compiled_step.ts";
import type { ProbeParts } from "./probe.ts";
import type { PlayerValues } from "./state.ts";

/** What a step came to. */
export interface StepReport {
  /** The first player's loss. */
  readonly loss: number;
  /** All that the step reports, by name. */
  readonly scalars: Readonly<Record<string, number>>;
  /** Share of the time since the start that went into telling other ranks. */
  readonly waitedForRanks?: number | undefined;
}

/** A training between two steps. */
export interface Moment {
  /** Steps done. */
  readonly step: number;
  /** What the training would leave if it ended here. */
  result(): Promise<Trained>;
  /** Computes something from the weights so far. */
  probe<Output extends string>(
    parts: ProbeParts<Output>,
    inputs: Batch,
  ): Promise<Record<Output, HostTensor>>;
}

/** Work between steps, which changes nothing that is learned. */
export interface Pause {
  /** Whether the work is due after so many steps. */
  due(step: number): boolean;
  run(moment: Moment): Promise<void>;
}

/** What is wanted of a batch. */
export interface BatchOptions {
  /** All of them, or those of a rank. */
  readonly rows: BatchRows;
  /** A batch whose step is done: its memory may be written to. */
  readonly used?: Batch | undefined;
}

/** Bytes of a training's state: weights, what is kept for them, buffers. */
export interface StateMemory {
  /** Of all of it. */
  readonly whole: number;
  /** Of what lies here. */
  readonly here: number;
}

/** A training run. */
export interface Training extends StepOptions {
  readonly engine: Engine;
  /** Steps of the whole training. */
  readonly steps: number;
  /** The state to start from; asked for where there is no checkpoint. */
  start(): Promise<Checkpoint>;
  /**
   * Rows of the batch of a step; depends on the step alone, so that a cut run
   * repeats it.
   */
  batch(step: number, options: BatchOptions): Batch | Promise<Batch>;
  /** Where state for resuming is kept. */
  readonly checkpoint: string;
  /** Wall time between checkpoints, what a kill can cost; 30 unless given. */
  readonly checkpointSeconds?: number | undefined;
  readonly signal: AbortSignal;
  /** Work between steps, in its order; a run that is cut in it does it again. */
  readonly pauses?: readonly Pause[];
  /** Called with the state after the last step; absent where nobody wants it. */
  keep?(last: SavedState): Promise<void>;
  /** Called when a run starts or resumes at a step, with the scalars up to there. */
  onStart?(
    step: number,
    start: { readonly log: TrainingLog; readonly memory: StateMemory },
  ): void | Promise<void>;
  /** Called after each step, once its scalars are read. */
  onStep?(step: number, report: StepReport): void;
}

/** What a training leaves; of ranks that share one, the first has its tensors. */
export interface Trained {
  /** Of every player, the moving averages of its weights, or themselves where it keeps none. */
  readonly weights: PlayerValues;
  readonly buffers: Readonly<Record<string, HostTensor>>;
  /** Scalars of every step. */
  readonly log: TrainingLog;
  /** The first player's loss at the last step. */
  readonly loss: number;
}
