import { type HostTensor, type Shape, zeros } from "../tensor/mod.ts";
import type { Player } from "./player.ts";
import { AVERAGE, bufferName, stateName, WEIGHTS } from "./names.ts";
import { mapKeys, mapValues } from "./records.ts";
import { StateLayout } from "./state_layout.ts";
import type { TrainingStep } from "./step.ts";

/** Tensors that are kept for each of a player's weights: itself, moments, average. */
export function stateGroups({ optimizer, average }: Player): string[] {
  return [
    WEIGHTS,
    ...optimizer.groups,
    ...average === undefined ? [] : [AVERAGE],
  ];
}

/** Values by parameter, of each player. */
export type PlayerValues = Readonly<
  Record<string, Readonly<Record<string, HostTensor>>>
>;

/** Shapes of everything that a training keeps from step to step, by name. */
export function stateShapes(
  { players, buffers = {} }: Pick<TrainingStep, "players" | "buffers">,
): Record<string, Shape> {
  const shapes = mapValues(mapKeys(buffers, bufferName), ({ shape }) => shape);
  for (const [player, rule] of Object.entries(players)) {
    const weights = Object.entries(new StateLayout(rule.shapes).shapes);
    for (const [name, shape] of weights) {
      for (const group of stateGroups(rule)) {
        shapes[stateName({ player, group, name })] = shape;
      }
    }
  }
  return shapes;
}

/**
 * The whole state at the start of a training, by {@linkcode stateName} and
 * {@linkcode bufferName}: what the optimiser keeps is zero, averages are the
 * weights.
 */
export function startState(
  { players, buffers = {} }: Pick<TrainingStep, "players" | "buffers">,
  initial: PlayerValues,
): Record<string, HostTensor> {
  const state: Record<string, HostTensor> = mapKeys(buffers, bufferName);
  for (const [player, rule] of Object.entries(players)) {
    const packed = new StateLayout(rule.shapes).pack(initial[player]!);
    for (const [name, weights] of Object.entries(packed)) {
      for (const group of stateGroups(rule)) {
        state[stateName({ player, group, name })] =
          rule.optimizer.groups.includes(group)
            ? zeros("f32", weights.shape)
            : weights;
      }
    }
  }
  return state;
}

/** Where a player's results lie: averages of its weights, or where it has none the weights. */
export function resultNames(
  player: string,
  rule: Player,
): Readonly<Record<string, string>> {
  const group = rule.average === undefined ? WEIGHTS : AVERAGE;
  const names = Object.keys(new StateLayout(rule.shapes).shapes)
    .map((name) => [name, stateName({ player, group, name })] as const);
  return Object.fromEntries(names);
}
