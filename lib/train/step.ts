import {
  grad,
  type Node,
  type Program,
  program,
  recomputing,
  scoped,
  type Tensor,
} from "../tensor/mod.ts";
import { Parameters, type ParameterShapes } from "../nn/mod.ts";
import type { AdamWOptions } from "./adamw.ts";
import { StateLayout } from "./state_layout.ts";
import { type Leaves, scalarInputs, updateSlots } from "./update.ts";

/** What a training step is made of. */
export interface TrainingStep {
  readonly name: string;
  readonly shapes: ParameterShapes;
  /** Leaves of the batch and of the random source, given at each run. */
  readonly inputs: Readonly<Record<string, Node<"input">>>;
  readonly options: AdamWOptions;
  /** Whether blocks are computed again for their gradients: less memory, a third more work. */
  readonly recompute?: boolean;
  /** The loss to lower and other scalars to report, from the parameters. */
  losses(parameters: Parameters): {
    loss: Tensor;
    reported: Readonly<Record<string, Tensor>>;
  };
}

/** Losses of a step and their gradients, before an optimiser has seen them. */
export interface StepGradients {
  /** Leaves of the state's parameters by name. */
  readonly leaves: Leaves;
  /** By the leaves' names. */
  readonly gradients: Readonly<Record<string, Tensor>>;
  /** The loss and what else a step reports. */
  readonly scalars: Readonly<Record<string, Tensor>>;
}

/** Forward and backward of a step. */
export function stepGradients(step: TrainingStep): StepGradients {
  const { leaves, parameters } = new StateLayout(step.shapes).leaves();
  const build = () => step.losses(new Parameters(parameters));
  const { loss, reported } = step.recompute ? recomputing(build) : build();
  const found = scoped("backward", () => grad(loss, Object.values(leaves)));
  const gradients = Object.fromEntries(
    Object.keys(leaves).map((name, i) => [name, found[i]!] as const),
  );
  return { leaves, gradients, scalars: { ...reported, loss } };
}

/**
 * One program for forward, backward, clipping, AdamW and moving average.
 *
 * Inputs are the step's own and {@linkcode StepScalars}; states are named by
 * {@linkcode stateName}; outputs are the reported scalars, `loss` and `gradientNorm`.
 */
export function trainingProgram(step: TrainingStep): Program {
  const { leaves, gradients, scalars: reported } = stepGradients(step);
  const scalars = scalarInputs();
  const { state, gradientNorm } = updateSlots({
    leaves,
    gradients,
    scalars,
    options: step.options,
  });
  return program(step.name, {
    inputs: { ...step.inputs, ...scalars },
    state,
    outputs: { ...reported, gradientNorm },
  });
}
