import type { FrozenStates, HostTensor, Node, Tensor } from "../tensor/mod.ts";
import type { Parameters } from "../nn/mod.ts";
import type { Player } from "./player.ts";
import type { SpikeRule } from "./spikes.ts";

type Tensors = Readonly<Record<string, Tensor>>;

/** What the losses of a step are made from. */
export interface StepParts<PlayerName extends string = string> {
  readonly players: Readonly<Record<PlayerName, Parameters>>;
  /** Weights that no player moves. */
  readonly frozen: Parameters;
  /** Values of the buffers before the step. */
  readonly buffers: Tensors;
}

/** What a step computes; every scalar is a mean over the rows of the batch. */
export interface StepValues<PlayerName extends string = string> {
  /** The scalar that each player lowers by its own weights alone. */
  readonly losses: Readonly<Record<PlayerName, Tensor>>;
  /** Other scalars to report. */
  readonly reported: Tensors;
  /** The buffers' next values; means over the rows of the batch too. */
  readonly buffers?: Tensors;
}

/**
 * What a training step is made of. All of it is one program: losses are made
 * from the weights before the step, and nothing is computed twice.
 */
export interface TrainingStep<PlayerName extends string = string> {
  readonly name: string;
  /** Whose weights move. Progress is that of the first. */
  readonly players: Readonly<Record<PlayerName, Player>>;
  /** Weights that no player moves. */
  readonly frozen?: FrozenStates;
  /** Starting values of tensors that a step replaces, such as running means. */
  readonly buffers?: Readonly<Record<string, HostTensor>>;
  /** Leaves of the batch, of the random source and of numbers, given at each run. */
  readonly inputs: Readonly<Record<string, Node<"input">>>;
  /** Those of the inputs that are numbers which follow from the step (from 0). */
  readonly scalars?: Readonly<Record<string, (step: number) => number>>;
  /**
   * Rows that are never parted when a batch is cut, where the mean over a batch
   * is not the mean over its parts; 1 unless given.
   */
  readonly rowsTogether?: { readonly rows: number; readonly because: string };
  /** What is done about steps whose gradients are far too large; nothing unless given. */
  readonly spikes?: SpikeRule | undefined;
  /** Whether blocks are computed again for their gradients: less memory, a third more work. */
  readonly recompute?: boolean;
  build(parts: StepParts<PlayerName>): StepValues<PlayerName>;
}
