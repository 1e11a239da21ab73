import { type Node, type Shape, sizeOf } from "../../tensor/mod.ts";
import { gradientName, shareOut } from "../parts.ts";
import { mapValues } from "../records.ts";
import type { StepGradients } from "../step_program.ts";
import type { TreeCut } from "./tree_cut.ts";

/** Leaves of weights' state by player and name. */
export type WeightLeaves = StepGradients["leaves"];

/** Some weights. */
export interface WeightGroup {
  readonly leaves: WeightLeaves;
  /** The same leaves by the names of their gradients. */
  readonly byGradient: Readonly<Record<string, Node<"input">>>;
}

/**
 * Weights that one program updates. Units depend on the weights and the parts
 * alone: an engine may round what one program does otherwise than what two do.
 */
export interface Unit extends WeightGroup {
  /** Number among the units of all ranks. */
  readonly index: number;
}

/** Units of one rank whose weights travel together. */
export interface Bucket extends WeightGroup {
  readonly units: readonly Unit[];
}

/** Elements of a bucket, about: small, so that steps of its way overlap. */
const BUCKET_ELEMENTS = 2 ** 20;

/** Units for each part, at least and at most. */
const FEWEST = 2;
const MOST = 16;

/** Whole tensors in shares of about the same size, a few for each part. */
export function unitsOf(
  leaves: WeightLeaves,
  { parts }: Pick<TreeCut, "parts">,
): readonly Unit[] {
  const wanted = Math.ceil(elementsOf(leaves) / parts / BUCKET_ELEMENTS);
  const each = Math.min(MOST, Math.max(FEWEST, wanted));
  return shareOut(leaves, parts * each)
    .map((share, index) => ({ index, ...groupOf(inOrderOf(leaves, share)) }));
}

/**
 * Which rank updates which units: `buckets[rank][k]`. All ranks find the same,
 * and have as many.
 */
export function bucketsOf(
  units: readonly Unit[],
  { ranks, lanes }: Pick<TreeCut, "ranks" | "lanes">,
): readonly (readonly Bucket[])[] {
  const each = units.length / ranks;
  const elements = units.reduce(
    (sum, { leaves }) => sum + elementsOf(leaves),
    0,
  );
  const wanted = Math.ceil(elements / ranks / BUCKET_ELEMENTS);
  // What a single rank has need not travel.
  const count = ranks === 1 ? Math.min(lanes, each) : Math.min(wanted, each);
  return Array.from({ length: ranks }, (_, rank) => {
    // The largest come first: each rank has one of those, one of the next, ..
    const own = units.filter(({ index }) => index % ranks === rank);
    return Array.from(
      { length: count },
      (_, k) => bucketOf(own.filter((_, i) => i % count === k)),
    );
  });
}

function bucketOf(units: readonly Unit[]): Bucket {
  const players = Object.keys(units[0]!.leaves).map((player) => {
    const own = Object.assign({}, ...units.map(({ leaves }) => leaves[player]));
    return [player, own] as const;
  });
  return { units, ...groupOf(Object.fromEntries(players)) };
}

/** A share in the order of all weights. */
function inOrderOf(all: WeightLeaves, share: WeightLeaves): WeightLeaves {
  return mapValues(all, (own, player) => {
    const entries = Object.entries(own)
      .filter(([name]) => share[player]![name] !== undefined);
    return Object.fromEntries(entries);
  });
}

function groupOf(leaves: WeightLeaves): WeightGroup {
  const byGradient = Object.entries(leaves).flatMap(([player, own]) =>
    Object.entries(own)
      .map(([name, leaf]) => [gradientName(player, name), leaf] as const)
  );
  return { leaves, byGradient: Object.fromEntries(byGradient) };
}

function elementsOf(leaves: WeightLeaves): number {
  return Object.values(leaves)
    .flatMap((own) => Object.values(own))
    .reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

/** Shapes of a group's tensors, by the names of their gradients. */
export function shapesOf(
  { byGradient }: WeightGroup,
): Readonly<Record<string, Shape>> {
  return mapValues(byGradient, ({ shape }) => shape);
}

/** Whether a group has no weights: there may be more of them than weights. */
export function isEmpty({ byGradient }: WeightGroup): boolean {
  return Object.keys(byGradient).length === 0;
}
