import { add, type Program } from "../../tensor/mod.ts";
import { gradientProgram, sumsOf } from "../parts.ts";
import { mayBeSkipped } from "../step_program.ts";
import { scalarInputs } from "../update.ts";
import type { Unit } from "./buckets.ts";
import type { RankShare } from "./rank_share.ts";
import {
  joinProgram,
  keptProgram,
  measureProgram,
  sentProgram,
  smallProgram,
  totalProgram,
} from "./sum_programs.ts";
import { reportProgram, updateProgram } from "./update_programs.ts";

/**
 * What a program has to do with one bucket of each rank; null where there is
 * nothing. All of them copy and add alone, which no engine rounds in two ways.
 */
export interface BucketPrograms {
  /** Sums over this rank of what the others update; null where they are known. */
  readonly sent: Program | null;
  /** Sums over all ranks of what this one updates; null where they are known. */
  readonly total: Program | null;
}

/** The same programs for a unit whichever rank has it. */
export interface UnitPrograms {
  /** Sums of squares of its gradients. */
  readonly measure: Program;
  /** Weights, and what is kept for them, as states; null where it has none. */
  readonly update: Program | null;
}

/** The programs of a bucket and of the units in it. */
export interface BucketWork {
  readonly programs: BucketPrograms;
  readonly units: readonly {
    readonly unit: Unit;
    readonly programs: UnitPrograms;
  }[];
}

/** A step in programs for one of several ranks. */
export interface RankPrograms {
  /** Forward and backward of one part: outputs are its share of every sum. */
  readonly gradients: Program;
  /** Keeps the outputs of a part, and adds those of others to them. */
  readonly keep: Program;
  readonly merge: Program;
  /** All sums but gradients, over the parts of this rank. */
  readonly small: Program;
  /** What the rank's units have measured. */
  readonly join: Program;
  readonly buckets: readonly BucketWork[];
  /** Replaces the buffers, and puts out the scalars of the whole step. */
  readonly report: Program;
}

/** The programs of one rank for a step that was made for the rows of one part. */
export function rankPrograms(made: RankShare): RankPrograms {
  const { step, share, rank, buckets } = made;
  const sums = sumsOf(share);
  const numbers = scalarInputs(step.players, { skips: mayBeSkipped(step) });
  const context = { ...made, numbers };
  return {
    gradients: gradientProgram(step, share, false),
    keep: keptProgram(step, sums, (_, value) => value),
    merge: keptProgram(step, sums, add),
    small: smallProgram(made),
    join: joinProgram(made),
    buckets: buckets[rank]!.map(({ units }, index) => ({
      programs: {
        sent: sentProgram(made, index),
        total: totalProgram(made, index),
      },
      units: units.map((unit) => ({
        unit,
        programs: {
          measure: measureProgram(made, unit),
          update: updateProgram(context, unit),
        },
      })),
    })),
    report: reportProgram(context),
  };
}
