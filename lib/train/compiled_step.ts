import type { Collective } from "../parallel/mod.ts";
import type { Bindings } from "../tensor/mod.ts";
import type { BatchRows } from "./batch_rows.ts";
import type { HeldState } from "./held_state.ts";
import type { ScalarLog } from "./scalar_log.ts";
import type { TrainingStep } from "./step.ts";

/** Values of a training program's own inputs. */
export type Batch = NonNullable<Bindings["inputs"]>;

type State = NonNullable<Bindings["state"]>;

/** A step of a training on an engine, whole or in parts. */
export interface CompiledStep {
  /** What was compiled: the whole step, or that of a part. */
  readonly step: TrainingStep;
  /** Scalars of the steps so far. */
  readonly log: ScalarLog;
  /** Of the batch, those that are done here. */
  readonly rows: BatchRows;
  /** Time that went into telling other ranks, in ms; absent where there are none. */
  readonly waitedMs?: number;
  /** Whether a state is kept here: others may have a share of it. */
  keeps(name: string): boolean;
  /** The state of which these tensors are what is kept here. */
  hold(tensors: State): HeldState;
  /** Does a step: `values` are its rows and the scalars of the update. */
  advance(values: Batch, state: State): Promise<void>;
  dispose(): void;
}

/** A step for any number of rows. */
export interface StepOptions {
  readonly step: (rows: number) => TrainingStep;
  /** Rows of the whole batch. */
  readonly rows: number;
  /** Parts whose gradients are added up one after another; 1 unless given. */
  readonly accumulate?: number | undefined;
  /**
   * Parts that the batch is cut in wherever it is done, so that the number of
   * ranks changes no byte; as suits the engine where there is 1, or none given.
   */
  readonly parts?: number | undefined;
  /** Ranks that share the parts; this process does all unless given. */
  readonly collective?: Collective | undefined;
}
