import type { Tensor } from "../tensor/mod.ts";

/** A parameter and what an optimiser keeps for it, by the optimiser's groups. */
export interface Moved {
  readonly parameter: Tensor;
  readonly kept: Readonly<Record<string, Tensor>>;
}

/** What the update of every parameter of a player shares. */
export interface UpdateContext {
  /** Leaves of {@linkcode Optimizer.scalarsAt}'s numbers, by their names. */
  readonly scalars: Readonly<Record<string, Tensor>>;
  /** What brings the player's gradients down to its largest norm, a scalar. */
  readonly factor: Tensor;
}

/** How parameters move along their gradients. */
export interface Optimizer {
  /** Tensors that it keeps for each parameter, all zero at the start. */
  readonly groups: readonly string[];
  /**
   * Its numbers at a step (from 0) with a learning rate: inputs of the program.
   * Every step has the same names.
   */
  scalarsAt(
    step: number,
    learningRate: number,
  ): Readonly<Record<string, number>>;
  /**
   * One step of one parameter.
   *
   * @param options.gradient before clipping
   * @param options.decay whether weight decay applies to the parameter
   */
  update(
    before: Moved,
    context: UpdateContext,
    options: { readonly gradient: Tensor; readonly decay: boolean },
  ): Moved;
}
