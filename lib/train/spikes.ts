import {
  and,
  cast,
  input,
  less,
  type Node,
  select,
  type StateSlot,
  sub,
  type Tensor,
} from "../tensor/mod.ts";
import { mapValues } from "./records.ts";

/** What is done about gradients that are far larger than usual. */
export interface SpikeRule {
  /** How many times the running median a gradient's norm may be. */
  readonly ratio: number;
  /** Whether such a step is left out, or ends the training. */
  readonly action: "skip" | "stop";
}

/**
 * Steps between a step and the norms that it is judged by. Engines are read at
 * most so many steps late: whenever they are, the norms are known by then.
 */
export const LAG_STEPS = 64;

/** Norms that a median is of, at most. */
const WINDOW_STEPS = 64;

/** Steps that may be skipped in a row before a training gives up. */
export const MOST_SKIPPED = 64;

/** Above every norm but that of a gradient that is not finite. */
const NO_LIMIT = 3e38;

/**
 * The largest norm that a step (from 0) may have: a multiple of the median of
 * earlier ones, or any finite number while there are none.
 *
 * @param norms of every step that is done
 */
export function normLimit(
  norms: Float32Array,
  step: number,
  ratio: number,
): number {
  const end = step - LAG_STEPS;
  const window = norms.slice(Math.max(0, end - WINDOW_STEPS), Math.max(0, end));
  const known = window.filter(Number.isFinite).sort();
  if (known.length === 0) return NO_LIMIT;
  return Math.min(NO_LIMIT, ratio * known[known.length >> 1]!);
}

/** What is reported of each step: 1 where it was skipped. */
export const SKIPPED = "skipped";

/** Name of the input that is the limit of a player's norm. */
export function limitName(player: string): string {
  return `${player}/normLimit`;
}

/** Leaves of the limits of players. */
export function limitInputs(
  players: Readonly<Record<string, unknown>>,
): Record<string, Node<"input">> {
  const entries = Object.keys(players)
    .map((player) =>
      [limitName(player), input(limitName(player), [])] as const
    );
  return Object.fromEntries(entries);
}

/** Whether all norms are below their limits; of what is not a number none is. */
export function isTaken(
  norms: readonly Tensor[],
  limits: readonly Tensor[],
): Tensor {
  return norms.map((norm, i) => less(norm, limits[i]!))
    .reduce((all, one) => and(all, one));
}

/** {@linkcode SKIPPED} of a step. */
export function skippedScalar(taken: Tensor): Tensor {
  return sub(1, cast(taken, "f32"));
}

/** States that keep their values where a step is skipped. */
export function takenSlots(
  slots: Readonly<Record<string, StateSlot>>,
  taken: Tensor,
): Record<string, StateSlot> {
  return mapValues(
    slots,
    ({ value, next }) =>
      next === undefined
        ? { value }
        : { value, next: select(taken, next, value) },
  );
}
