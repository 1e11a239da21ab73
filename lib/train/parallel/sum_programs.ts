import {
  add,
  concat,
  input,
  type Node,
  type Program,
  program,
  reshape,
  scalar,
  square,
  sum,
  type Tensor,
} from "../../tensor/mod.ts";
import {
  gradientName,
  nextName,
  sumName,
  sumsOf,
  workerName,
} from "../parts.ts";
import { mapKeys, mapValues } from "../records.ts";
import type { TrainingStep } from "../step.ts";
import type { StepGradients } from "../step_program.ts";
import type { Leaves } from "../update.ts";
import { isEmpty, type Unit, type WeightGroup } from "./buckets.ts";
import { flatten } from "./flat.ts";
import {
  rankName,
  type RankShare,
  SMALL,
  SQUARES,
  unitName,
  unitsInOrder,
} from "./rank_share.ts";
import { addInTree } from "./tree.ts";
import type { TreeCut } from "./tree_cut.ts";

type Tensors = Readonly<Record<string, Tensor>>;

/** Sums as states, each replaced by what becomes of it and a new one. */
export function keptProgram(
  { name }: TrainingStep,
  sums: Tensors,
  next: (kept: Tensor, value: Tensor) => Tensor,
): Program {
  const inputs = mapValues(sums, ({ shape }, name) => input(name, shape));
  const state = Object.entries(sums).map(([name, { shape }]) => {
    const value = input(sumName(name), shape);
    return [sumName(name), {
      value,
      next: next(value, inputs[name]!),
    }] as const;
  });
  return program(`${name} sums`, { inputs, state: Object.fromEntries(state) });
}

/** Names of the sums that are no gradients: scalars, and buffers' next values. */
export function smallNames({ scalars, others }: StepGradients): string[] {
  const replaced = Object.entries(others)
    .filter(([, { next }]) => next !== undefined)
    .map(([name]) => nextName(name));
  return [...Object.keys(scalars), ...replaced];
}

export function smallProgram({ step, share, cut }: RankShare): Program {
  const sums = sumsOf(share);
  const lanes = new LaneSums(cut);
  const tensors = smallNames(share)
    .map((name) => lanes.sum(name, sums[name]!));
  return program(`${step.name} scalars`, {
    inputs: lanes.inputs,
    outputs: { [SMALL]: reshape(flatten(tensors), [1, -1]) },
  });
}

/** Sums over a rank's parts, from what its lanes have found. */
class LaneSums {
  readonly inputs: Record<string, Node<"input">> = {};
  readonly #lanes: number;

  constructor({ lanes }: TreeCut) {
    this.#lanes = lanes;
  }

  sum(name: string, { shape }: Pick<Tensor, "shape">): Tensor {
    const terms = Array.from({ length: this.#lanes }, (_, lane) => {
      const found = workerName(lane, name);
      return this.inputs[found] = input(found, shape);
    });
    return addInTree(terms);
  }
}

/** Sums over a rank's lanes of what the others update. */
export function sentProgram(
  { step, rank, cut, buckets }: RankShare,
  index: number,
): Program | null {
  if (cut.lanes === 1) return null;
  const lanes = new LaneSums(cut);
  const outputs: Record<string, Tensor> = {};
  for (const [to, { [index]: bucket }] of buckets.entries()) {
    if (to === rank) continue;
    for (const [name, leaf] of Object.entries(bucket!.byGradient)) {
      outputs[name] = lanes.sum(name, leaf);
    }
  }
  if (Object.keys(outputs).length === 0) return null;
  return program(`${step.name} sent`, { inputs: lanes.inputs, outputs });
}

export function totalProgram(
  { step, rank, cut, buckets }: RankShare,
  index: number,
): Program | null {
  const bucket = buckets[rank]![index]!;
  const { byGradient } = bucket;
  if (isEmpty(bucket) || cut.ranks * cut.lanes === 1) return null;
  const lanes = new LaneSums(cut);
  const own = mapValues(byGradient, (leaf, name) => lanes.sum(name, leaf));
  const received: Record<string, Node<"input">> = {};
  const terms = buckets.map((_, from) => {
    if (from === rank) return own;
    const found = gradientInputs(bucket, (name) => rankName(from, name));
    Object.assign(received, mapKeys(found, (name) => rankName(from, name)));
    return found;
  });
  return program(`${step.name} totals`, {
    inputs: { ...lanes.inputs, ...received },
    outputs: mapValues(
      byGradient,
      (_, name) => addInTree(terms.map((sums) => sums[name]!)),
    ),
  });
}

/** Sums of the squares of a unit's gradients by player: [1, players]. */
export function measureProgram(
  { step }: RankShare,
  { leaves, ...unit }: Unit,
): Program {
  const totals = gradientInputs(unit);
  const squares = Object.entries(leaves).map(([player, own]) =>
    Object.keys(own)
      .map((name) => sum(square(totals[gradientName(player, name)]!)))
      .reduce((total, one) => add(total, one), scalar(0))
  );
  return program(`${step.name} norms`, {
    inputs: totals,
    outputs: { [SQUARES]: reshape(flatten(squares), [1, -1]) },
  });
}

/** What a rank's units have measured, end to end. */
export function joinProgram({ step, rank, buckets }: RankShare): Program {
  const rows = unitsInOrder(buckets[rank]!).map(({ index }) =>
    input(unitName(index), [1, Object.keys(step.players).length])
  );
  const inputs = rows.map((row) => [row.attributes.name, row] as const);
  return program(`${step.name} all norms`, {
    inputs: Object.fromEntries(inputs),
    outputs: { [SQUARES]: concat(rows, 0) },
  });
}

/** Leaves of a group's gradients, by their names. */
export function gradientInputs(
  { byGradient }: Pick<WeightGroup, "byGradient">,
  rename: (name: string) => string = (name) => name,
): Leaves {
  return mapValues(byGradient, ({ shape }, name) => input(rename(name), shape));
}
