import {
  add,
  type HostTensor,
  hostTensor,
  input,
  mul,
  type Node,
  scoped,
  type StateSlot,
  sub,
  type Tensor,
} from "../tensor/mod.ts";
import { clipFactor, gradientNorm } from "./clip.ts";
import type { Moved, UpdateContext } from "./optimizer.ts";
import { isTaken, limitInputs, limitName, takenSlots } from "./spikes.ts";
import { AVERAGE, scalarName, stateName, WEIGHTS } from "./names.ts";
import { AVERAGE_RATE, type Player, playerScalars } from "./player.ts";
import { mapKeys, mapValues } from "./records.ts";

/** Leaves of the state's weights by name. */
export type Leaves = Readonly<Record<string, Node<"input">>>;

type Tensors = Readonly<Record<string, Tensor>>;

type Players = Readonly<Record<string, Player>>;

/** Name of the input that is a number of a player's update. */
function numberName(player: string, scalar: string): string {
  return `${player}/${scalar}`;
}

/** Numbers of every player's update at a step (from 0), by names of inputs. */
export function updateScalars(
  players: Players,
  step: number,
): Record<string, number> {
  const numbers = Object.entries(players).map(([player, rule]) =>
    mapKeys(playerScalars(rule, step), (name) => numberName(player, name))
  );
  return Object.assign({}, ...numbers);
}

/** Leaves of {@linkcode updateScalars}, and of limits where steps may be skipped. */
export function scalarInputs(
  players: Players,
  { skips }: { skips: boolean },
): Record<string, Node<"input">> {
  return {
    ...mapValues(updateScalars(players, 0), (_, name) => input(name, [])),
    ...skips && limitInputs(players),
  };
}

/** Numbers as values of inputs. */
export function bindScalars(
  numbers: Readonly<Record<string, number>>,
): Record<string, HostTensor<"f32">> {
  return mapValues(
    numbers,
    (number) => hostTensor("f32", [], Float32Array.of(number)),
  );
}

/** What an update is made of; all by player. */
export interface Update {
  readonly players: Players;
  /** Whether a step is left out where a norm is at its limit. */
  readonly skips: boolean;
  /** Of the weights that are updated. */
  readonly leaves: Readonly<Record<string, Leaves>>;
  /** Of all weights, or where their norms are given of those that are updated. */
  readonly gradients: Readonly<Record<string, Tensors>>;
  /** The norm of all gradients of a player together; found unless given. */
  readonly norms?: Tensors;
  /** {@linkcode scalarInputs} */
  readonly numbers: Leaves;
}

/** What an update makes. */
export interface Updated {
  readonly state: Readonly<Record<string, StateSlot>>;
  /** The gradients' norm of each player, as it is reported. */
  readonly norms: Tensors;
  /** Whether the step is not skipped, where it may be. */
  readonly taken?: Tensor;
}

/** Clipping, optimiser and moving average of some weights, as states. */
export function updateSlots(
  { players, skips, leaves, gradients, numbers, norms: given }: Update,
): Updated {
  return scoped("optimizer", () => {
    const state: Record<string, StateSlot> = {};
    const norms: Record<string, Tensor> = {};
    for (const [player, rule] of Object.entries(players)) {
      const own = gradients[player]!;
      const norm = given?.[player] ?? gradientNorm(Object.values(own));
      norms[scalarName("gradientNorm", player, players)] = norm;
      const scalars = mapValues(
        playerScalars(rule, 0),
        (_, name) => numbers[numberName(player, name)]!,
      );
      const context = { scalars, factor: clipFactor(norm, rule.clip) };
      for (const [name, leaf] of Object.entries(leaves[player]!)) {
        const slots = weightSlots(rule, context, {
          place: { player, name },
          leaf,
          gradient: own[name]!,
        });
        Object.assign(state, slots);
      }
    }
    if (!skips) return { state, norms };
    const limits = Object.keys(players)
      .map((player) => numbers[limitName(player)]!);
    const taken = isTaken(Object.values(norms), limits);
    return { state: takenSlots(state, taken), norms, taken };
  });
}

/** The states of one weight. */
function weightSlots(
  rule: Player,
  context: UpdateContext,
  { place, leaf, gradient }: {
    place: { readonly player: string; readonly name: string };
    leaf: Node<"input">;
    gradient: Tensor;
  },
): Record<string, StateSlot> {
  const { optimizer, average, decays } = rule;
  const nameOf = (group: string) => stateName({ ...place, group });
  const kept: Record<string, Node<"input">> = {};
  for (const group of optimizer.groups) {
    kept[group] = input(nameOf(group), leaf.shape);
  }
  const after = optimizer.update({ parameter: leaf, kept }, context, {
    gradient,
    decay: decays.has(place.name),
  });
  const slots: Record<string, StateSlot> = {
    [nameOf(WEIGHTS)]: { value: leaf, next: after.parameter },
    ...mapKeys(keptSlots(kept, after), nameOf),
  };
  if (average !== undefined) {
    const value = input(nameOf(AVERAGE), leaf.shape);
    const rate = context.scalars[AVERAGE_RATE]!;
    const next = movedAverage(value, after.parameter, rate);
    slots[nameOf(AVERAGE)] = { value, next };
  }
  return slots;
}

function keptSlots(
  before: Readonly<Record<string, Node<"input">>>,
  { kept }: Moved,
): Record<string, StateSlot> {
  return mapValues(before, (value, group) => ({ value, next: kept[group]! }));
}

/** An exponential moving average moved towards a value. */
export function movedAverage(
  average: Tensor,
  value: Tensor,
  rate: Tensor,
): Tensor {
  return add(average, mul(sub(value, average), rate));
}
