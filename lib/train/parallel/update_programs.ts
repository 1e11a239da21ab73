import {
  input,
  type Node,
  type Program,
  program,
  reshape,
  slice,
  sqrt,
  type StateSlot,
  sum,
  type Tensor,
} from "../../tensor/mod.ts";
import { gradientName, nextName, sumsOf } from "../parts.ts";
import { mapValues } from "../records.ts";
import { SKIPPED, skippedScalar, takenSlots } from "../spikes.ts";
import { mayBeSkipped } from "../step_program.ts";
import { type Leaves, type Updated, updateSlots } from "../update.ts";
import { isEmpty, type Unit } from "./buckets.ts";
import { flatSize, unflatten } from "./flat.ts";
import { type RankShare, SMALL, SQUARES } from "./rank_share.ts";
import { gradientInputs, smallNames } from "./sum_programs.ts";
import { addInTree } from "./tree.ts";

/** What programs of the update are made of. */
export interface UpdateContext extends RankShare {
  readonly numbers: Leaves;
}

/** Weights of a unit, and the leaves of their gradients. */
interface UnitUpdate {
  readonly leaves: Unit["leaves"];
  readonly gradients: Leaves;
}

/**
 * Part of an update, with what was measured of all units as an input.
 *
 * @param unit what is updated; nothing unless given
 */
function updated(
  { step, share, units, numbers }: UpdateContext,
  unit?: UnitUpdate,
): Updated & { readonly squares: Node<"input"> } {
  const players = Object.keys(share.leaves);
  const squares = input(SQUARES, [units.length, players.length]);
  const all = sum(squares, { axes: [0] });
  const norms = players.map((player, i) => {
    const own = slice(all, 0, { start: i, stop: i + 1 });
    return [player, sqrt(reshape(own, []))] as const;
  });
  const nothing = mapValues(share.leaves, () => ({}));
  const made = updateSlots({
    players: step.players,
    skips: mayBeSkipped(step),
    leaves: unit?.leaves ?? nothing,
    gradients: unit === undefined ? nothing : byPlayer(unit),
    norms: Object.fromEntries(norms),
    numbers,
  });
  return { ...made, squares };
}

/** Gradients of some weights as the weights are named. */
function byPlayer(
  { leaves, gradients }: UnitUpdate,
): Readonly<Record<string, Readonly<Record<string, Tensor>>>> {
  return mapValues(
    leaves,
    (own, player) =>
      mapValues(own, (_, name) => gradients[gradientName(player, name)]!),
  );
}

/** Clipping, optimiser and moving average of a unit's weights, as states. */
export function updateProgram(
  context: UpdateContext,
  unit: Unit,
): Program | null {
  if (isEmpty(unit)) return null;
  const { step, numbers } = context;
  const gradients = gradientInputs(unit);
  const { leaves } = unit;
  const { state, squares } = updated(context, { leaves, gradients });
  return program(`${step.name} update`, {
    inputs: { ...gradients, ...numbers, [SQUARES]: squares },
    state,
  });
}

export function reportProgram(context: UpdateContext): Program {
  const { step, share, cut, numbers } = context;
  const { norms, taken, squares } = updated(context);
  const sums = sumsOf(share);
  const names = smallNames(share);
  const shapes = Object.fromEntries(
    names.map((name) => [name, sums[name]!.shape]),
  );
  const small = input(SMALL, [cut.ranks, flatSize(shapes)]);
  const rows = Array.from(
    { length: cut.ranks },
    (_, from) => slice(small, 0, { start: from, stop: from + 1 }),
  );
  const total = unflatten(reshape(addInTree(rows), [-1]), shapes);
  const buffers: Record<string, StateSlot> = {};
  for (const [name, { value }] of Object.entries(share.others)) {
    const next = total[nextName(name)];
    if (next !== undefined) buffers[name] = { value, next };
  }
  return program(`${step.name} report`, {
    inputs: { ...numbers, [SMALL]: small, [SQUARES]: squares },
    state: taken ? takenSlots(buffers, taken) : buffers,
    outputs: {
      ...mapValues(share.scalars, (_, name) => total[name]!),
      ...norms,
      ...taken && { [SKIPPED]: skippedScalar(taken) },
    },
  });
}
