import { type HostTensor, hostTensor } from "../../tensor/mod.ts";
import { figureName } from "../../metric/mod.ts";
import type { MeasuredFigure } from "./figures.ts";
import type { MeasuredSet } from "./measured_set.ts";
import { conditionsOf } from "./conditions.ts";
import type { PairFigures } from "./pairs.ts";

/** What was measured of one set. */
export interface SetResult {
  readonly measured: MeasuredSet;
  readonly figures: readonly MeasuredFigure[];
  readonly pairs?: PairFigures;
  /** Samples that are copies of others; known of samples alone. */
  readonly repeats?: number;
}

/** Everything that an evaluation measured, by the role of each set. */
export interface Evaluated {
  readonly reference: MeasuredSet;
  readonly results: Readonly<Record<string, SetResult>>;
  readonly neighbours: number;
}

/** The metrics artifact: figures and what stands beside them as its configuration. */
export function evaluatedContent(
  { reference, results, neighbours }: Evaluated,
) {
  const sets: Record<string, unknown> = {};
  const reconstruction: Record<string, unknown> = {};
  const intervals: Record<string, unknown> = {};
  const measured: Record<string, unknown> = {};
  const tensors: Record<string, HostTensor> = {};
  for (
    const [role, { measured: set, figures, pairs, repeats }] of entriesOf(
      results,
    )
  ) {
    const { count } = set.set;
    const named = figures.map(({ name, value }) =>
      [figureName(name, count), value] as const
    );
    sets[role] = {
      n: count,
      n_reference: finiteCount(reference),
      ...Object.fromEntries(named),
    };
    const known = figures.flatMap(({ name, interval }) =>
      interval === undefined
        ? []
        : [[figureName(name, count), [interval.low, interval.high]] as const]
    );
    if (known.length > 0) intervals[role] = Object.fromEntries(known);
    if (pairs !== undefined) {
      reconstruction[role] = { n: pairs.n, ...pairs.figures };
      for (const [name, values] of Object.entries(pairs.lists)) {
        const data = Float32Array.from(values);
        tensors[`${name}/${role}`] = hostTensor("f32", [data.length], data);
      }
    }
    measured[role] = {
      ...saidOf(set),
      ...repeats !== undefined && { repeats },
    };
  }
  const [first] = Object.values(results);
  return {
    tensors,
    config: {
      n: first!.measured.set.count,
      neighbours,
      classes: [],
      sets,
      reconstruction,
      nearest: {},
      intervals,
      measured: { ...measured, reference: saidOf(reference) },
    },
  };
}

function entriesOf(results: Evaluated["results"]) {
  return Object.entries(results);
}

/** How many images a reference is of; null where its file does not say. */
export function finiteCount({ set: { count } }: MeasuredSet): number | null {
  return Number.isFinite(count) ? count : null;
}

function saidOf({ network, weights, size, said }: MeasuredSet) {
  return {
    ...said,
    conditions: conditionsOf(said),
    ...network !== undefined && { network },
    ...weights !== undefined && { weights },
    ...size !== undefined && { size },
  };
}
