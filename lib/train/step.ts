import {
  grad,
  input,
  mul,
  type Node,
  type Program,
  program,
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
  type StepScalars,
} from "./adamw.ts";

/** Which tensor of a parameter's state: itself, its moments, its average. */
export const STATE_GROUPS = ["parameter", "m", "v", "ema"] as const;

/** One of {@linkcode STATE_GROUPS}. */
export type StateGroup = typeof STATE_GROUPS[number];

/** Name of a state tensor in programs and checkpoints, such as "m/norm.weight". */
export function stateName(group: StateGroup, parameter: string): string {
  return `${group}/${parameter}`;
}

/** Parameter leaves of a program, by name. */
export function parameterInputs(
  shapes: ParameterShapes,
): Record<string, Node<"input">> {
  const entries = Object.entries(shapes)
    .map(([name, shape]) => [name, input(name, shape)] as const);
  return Object.fromEntries(entries);
}

/** What a training step is made of. */
export interface TrainingStep {
  readonly name: string;
  readonly shapes: ParameterShapes;
  /** Leaves of the batch and of the random source, given at each run. */
  readonly inputs: Readonly<Record<string, Node<"input">>>;
  readonly options: AdamWOptions;
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
  const parameters = parameterInputs(step.shapes);
  const names = Object.keys(step.shapes);
  const { loss, reported } = step.losses(new Parameters(parameters));
  const leaves = names.map((name) => parameters[name]!);
  const gradients = scoped("backward", () => grad(loss, leaves));
  return scoped("optimizer", () => {
    const norm = gradientNorm(gradients);
    const factor = clipFactor(norm, step.options.clip);
    const scalars = scalarInputs();
    const state: Record<string, StateSlot> = {};
    names.forEach((name, i) => {
      const gradient = mul(gradients[i]!, factor);
      const leaf = parameters[name]!;
      Object.assign(
        state,
        updateParameter(name, leaf, { gradient, scalars, step }),
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

function updateParameter(
  name: string,
  parameter: Node<"input">,
  { gradient, scalars, step }: {
    gradient: Tensor;
    scalars: StepScalars;
    step: TrainingStep;
  },
): Record<string, StateSlot> {
  const leaf = (group: StateGroup) =>
    input(stateName(group, name), parameter.shape);
  const before = { parameter, m: leaf("m"), v: leaf("v"), ema: leaf("ema") };
  const decay = decays(name, parameter.shape);
  const after = adamW(before, gradient, {
    scalars,
    options: step.options,
    decay,
  });
  const slots = STATE_GROUPS.map((group) =>
    [stateName(group, name), {
      value: before[group],
      next: after[group],
    }] as const
  );
  return Object.fromEntries(slots);
}
