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

/** Leaves of {@linkcode updateScalars}. */
export function scalarInputs(players: Players): Record<string, Node<"input">> {
  return mapValues(updateScalars(players, 0), (_, name) => input(name, []));
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
  /** Of the weights that are updated. */
  readonly leaves: Readonly<Record<string, Leaves>>;
  /** Of all weights: a norm is that of all of a player together. */
  readonly gradients: Readonly<Record<string, Tensors>>;
  /** {@linkcode scalarInputs} */
  readonly numbers: Leaves;
}

/** Clipping, optimiser and moving average of some weights, as states. */
export function updateSlots(
  { players, leaves, gradients, numbers }: Update,
): { state: Record<string, StateSlot>; norms: Tensors } {
  return scoped("optimizer", () => {
    const state: Record<string, StateSlot> = {};
    const norms: Record<string, Tensor> = {};
    for (const [player, rule] of Object.entries(players)) {
      const own = gradients[player]!;
      const norm = gradientNorm(Object.values(own));
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
    return { state, norms };
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
