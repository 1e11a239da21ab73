import {
  type HostTensor,
  hostTensor,
  input,
  type Node,
  scoped,
  type StateSlot,
  type Tensor,
} from "../tensor/mod.ts";
import {
  adamW,
  type AdamWOptions,
  clipFactor,
  decays,
  gradientNorm,
  type ParameterState,
  type StepScalars,
} from "./adamw.ts";
import { STATE_GROUPS, type StateGroup, stateName } from "./state_layout.ts";

/** Leaves of the state's parameters by name. */
export type Leaves = Readonly<Record<string, Node<"input">>>;

/** Leaves of the scalars of a step. */
export function scalarInputs(): Record<keyof StepScalars, Node<"input">> {
  return {
    learningRate: input("learningRate", []),
    correction1: input("correction1", []),
    correction2: input("correction2", []),
    emaRate: input("emaRate", []),
  };
}

/** Values of {@linkcode scalarInputs} from their numbers. */
export function bindScalars(
  numbers: Readonly<Record<keyof StepScalars, number>>,
): Readonly<Record<string, HostTensor<"f32">>> {
  const entries = Object.entries(numbers).map(([name, number]) =>
    [name, hostTensor("f32", [], Float32Array.of(number))] as const
  );
  return Object.fromEntries(entries);
}

/** What an update is made of. */
export interface Update {
  /** Of the parameters that are updated. */
  readonly leaves: Leaves;
  /** Of all parameters: the norm is that of all together. */
  readonly gradients: Readonly<Record<string, Tensor>>;
  readonly scalars: StepScalars;
  readonly options: AdamWOptions;
}

/** Clipping, AdamW and moving average of some parameters, as states. */
export function updateSlots(
  { leaves, gradients, scalars, options }: Update,
): { state: Record<string, StateSlot>; gradientNorm: Tensor } {
  return scoped("optimizer", () => {
    const norm = gradientNorm(Object.values(gradients));
    const factor = clipFactor(norm, options.clip);
    const shared = { options, factor, scalars };
    const state: Record<string, StateSlot> = {};
    for (const [name, parameter] of Object.entries(leaves)) {
      const before = stateLeaves(name, parameter);
      const decay = decays(name, parameter.shape);
      const after = adamW(before, gradients[name]!, { shared, decay });
      for (const group of STATE_GROUPS) {
        const [value, next] = [before[group], after[group]];
        state[stateName(group, name)] = { value, next };
      }
    }
    return { state, gradientNorm: norm };
  });
}

function stateLeaves(
  name: string,
  parameter: Node<"input">,
): Record<keyof ParameterState, Node<"input">> {
  const leaf = (group: StateGroup) =>
    input(stateName(group, name), parameter.shape);
  return { parameter, m: leaf("m"), v: leaf("v"), ema: leaf("ema") };
}
