import {
  grad,
  input,
  type Node,
  type Program,
  program,
  recomputing,
  scoped,
  type StateSlot,
  type Tensor,
} from "../tensor/mod.ts";
import { Parameters, type ParameterShapes } from "../nn/mod.ts";
import {
  adamW,
  type AdamWOptions,
  clipFactor,
  decays,
  gradientNorm,
  type SharedUpdate,
  type StepScalars,
} from "./adamw.ts";
import {
  STATE_GROUPS,
  type StateGroup,
  StateLayout,
  stateName,
} from "./state_layout.ts";

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

/**
 * One program for forward, backward, clipping, AdamW and moving average.
 *
 * Inputs are the step's own and {@linkcode StepScalars}; states are named by
 * {@linkcode stateName}; outputs are the reported scalars, `loss` and `gradientNorm`.
 */
export function trainingProgram(step: TrainingStep): Program {
  const { leaves, parameters } = new StateLayout(step.shapes).leaves();
  const names = Object.keys(leaves);
  const build = () => step.losses(new Parameters(parameters));
  const { loss, reported } = step.recompute ? recomputing(build) : build();
  const gradients = scoped(
    "backward",
    () => grad(loss, names.map((name) => leaves[name]!)),
  );
  return scoped("optimizer", () => {
    const { options } = step;
    const norm = gradientNorm(gradients);
    const factor = clipFactor(norm, options.clip);
    const scalars = scalarInputs();
    const shared = { options, factor, scalars };
    const state: Record<string, StateSlot> = {};
    names.forEach((name, i) => {
      const before = stateLeaves(name, leaves[name]!);
      Object.assign(
        state,
        updateSlots(name, before, {
          gradient: gradients[i]!,
          shared,
        }),
      );
    });
    return program(step.name, {
      inputs: { ...step.inputs, ...scalars },
      state,
      outputs: { ...reported, loss, gradientNorm: norm },
    });
  });
}

function scalarInputs(): Record<keyof StepScalars, Node<"input">> {
  return {
    learningRate: input("learningRate", []),
    correction1: input("correction1", []),
    correction2: input("correction2", []),
    emaRate: input("emaRate", []),
  };
}

type Leaves = Record<StateGroup, Node<"input">>;

function stateLeaves(name: string, parameter: Node<"input">): Leaves {
  const leaf = (group: StateGroup) =>
    input(stateName(group, name), parameter.shape);
  return { parameter, m: leaf("m"), v: leaf("v"), ema: leaf("ema") };
}

function updateSlots(
  name: string,
  before: Leaves,
  { gradient, shared }: { gradient: Tensor; shared: SharedUpdate },
): Record<string, StateSlot> {
  const decay = decays(name, before.parameter.shape);
  const after = adamW(before, gradient, { shared, decay });
  const slots = STATE_GROUPS.map((group) =>
    [stateName(group, name), {
      value: before[group],
      next: after[group],
    }] as const
  );
  return Object.fromEntries(slots);
}
