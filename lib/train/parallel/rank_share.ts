import type { TrainingStep } from "../step.ts";
import type { StepGradients } from "../step_program.ts";
import type { Bucket, Unit } from "./buckets.ts";
import type { TreeCut } from "./tree_cut.ts";

/** The programs' names for what ranks tell each other. */
export const SMALL = "small";
export const SQUARES = "squares";

/** Name of another rank's sum. */
export function rankName(rank: number, output: string): string {
  return `rank ${rank}/${output}`;
}

/** What the programs of a rank are made of. */
export interface RankShare {
  readonly step: TrainingStep;
  /** What one part adds to the means over the batch. */
  readonly share: StepGradients;
  readonly cut: TreeCut;
  readonly rank: number;
  /** All weights. */
  readonly units: readonly Unit[];
  /** By rank. */
  readonly buckets: readonly (readonly Bucket[])[];
}

/** Name of what was measured of one unit. */
export function unitName(index: number): string {
  return `unit ${index}`;
}

/** The units of some buckets, by their numbers. */
export function unitsInOrder(buckets: readonly Bucket[]): readonly Unit[] {
  return buckets.flatMap(({ units }) => units)
    .toSorted((a, b) => a.index - b.index);
}
