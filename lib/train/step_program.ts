import {
  type FrozenStates,
  grad,
  type HostTensor,
  input,
  type Program,
  program,
  recomputing,
  scoped,
  type StateSlot,
  type Tensor,
} from "../tensor/mod.ts";
import { Parameters } from "../nn/mod.ts";
import {
  bufferName,
  frozenName,
  scalarName,
  stateName,
  WEIGHTS,
} from "./names.ts";
import { checkDecays } from "./player.ts";
import { mapKeys, mapValues } from "./records.ts";
import { SKIPPED, skippedScalar, takenSlots } from "./spikes.ts";
import { StateLayout } from "./state_layout.ts";
import type { TrainingStep } from "./step.ts";
import { type Leaves, scalarInputs, updateSlots } from "./update.ts";

type Tensors = Readonly<Record<string, Tensor>>;

/** Losses of a step and their gradients, before an optimiser has seen them. */
export interface StepGradients {
  /** Leaves of the weights' state, by player and name in its layout. */
  readonly leaves: Readonly<Record<string, Leaves>>;
  /** The same of their gradients. */
  readonly gradients: Readonly<Record<string, Tensors>>;
  /** Frozen weights, and buffers with their next values, by names of states. */
  readonly others: Readonly<Record<string, StateSlot>>;
  /** What a step reports, the losses last. */
  readonly scalars: Tensors;
}

/**
 * Forward and backward of a step.
 *
 * @throws {RangeError} where a player names what cannot decay
 */
export function stepGradients(step: TrainingStep): StepGradients {
  const { players, frozen = {}, buffers = {} } = step;
  checkDecays(players);
  const weights = mapValues(
    players,
    ({ shapes }, player) =>
      new StateLayout(shapes)
        .leaves((name) => stateName({ player, group: WEIGHTS, name })),
  );
  const leaves = mapValues(weights, (player) => player.leaves);
  const frozenLeaves = leavesOf(frozen, frozenName);
  const bufferLeaves = leavesOf(buffers, bufferName);
  const build = () =>
    step.build({
      players: mapValues(
        weights,
        ({ parameters }) => new Parameters(parameters),
      ),
      frozen: new Parameters(frozenLeaves),
      buffers: bufferLeaves,
    });
  const found = step.recompute ? recomputing(build) : build();
  const losses = mapKeys(
    found.losses,
    (player) => scalarName("loss", player, players),
  );
  return {
    leaves,
    gradients: mapValues(
      leaves,
      (own, player) => gradientsOf(found.losses[player]!, own),
    ),
    others: {
      ...slots(frozenLeaves, {}, frozenName),
      ...slots(bufferLeaves, found.buffers ?? {}, bufferName),
    },
    scalars: { ...found.reported, ...losses },
  };
}

/** Leaves for values, by the values' names. */
function leavesOf(
  values: Readonly<Record<string, Pick<HostTensor, "shape">>>,
  rename: (name: string) => string,
): Leaves {
  return mapValues(values, ({ shape }, name) => input(rename(name), shape));
}

function slots(
  leaves: Leaves,
  next: Tensors,
  rename: (name: string) => string,
): Record<string, StateSlot> {
  const slots = mapValues(leaves, (value, name): StateSlot => {
    const after = next[name];
    return after === undefined ? { value } : { value, next: after };
  });
  return mapKeys(slots, rename);
}

/** Gradients of a loss for some leaves alone. */
function gradientsOf(loss: Tensor, leaves: Leaves): Tensors {
  const found = scoped("backward", () => grad(loss, Object.values(leaves)));
  const entries = Object.keys(leaves)
    .map((name, i) => [name, found[i]!] as const);
  return Object.fromEntries(entries);
}

/**
 * One program for forward, backward, clipping, optimisers and moving averages.
 *
 * Inputs are the step's own and those of the players' updates; states are named
 * by {@linkcode stateName}, {@linkcode bufferName} and {@linkcode frozenName};
 * outputs are the reported scalars, each player's loss and its gradient's norm.
 */
export function trainingProgram(step: TrainingStep): Program {
  const { leaves, gradients, others, scalars } = stepGradients(step);
  const { players } = step;
  const skips = mayBeSkipped(step);
  const numbers = scalarInputs(players, { skips });
  const { state, norms, taken } = updateSlots({
    players,
    skips,
    leaves,
    gradients,
    numbers,
  });
  return program(step.name, {
    inputs: { ...step.inputs, ...numbers },
    state: { ...state, ...taken ? takenSlots(others, taken) : others },
    outputs: {
      ...scalars,
      ...norms,
      ...taken && { [SKIPPED]: skippedScalar(taken) },
    },
  });
}

/** Whether the programs of a step can leave it out. */
export function mayBeSkipped({ spikes }: TrainingStep): boolean {
  return spikes?.action === "skip";
}

/** Values of the states of a step's programs that no run changes. */
export function frozenStates({ frozen = {} }: TrainingStep): FrozenStates {
  return mapKeys(frozen, frozenName);
}
