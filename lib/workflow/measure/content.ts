import { type HostTensor, hostTensor } from "../../tensor/mod.ts";
import type { PairMetricName } from "../../metric/mod.ts";
import type { MeasuredFigure } from "./figures.ts";
import type { MeasuredSet } from "./measured_set.ts";
import { conditionsOf } from "./conditions.ts";
import type { PairFigures } from "./pairs.ts";
import { shownName } from "./shown_name.ts";

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
  /** What the engine kept floats in where that is less than f32. */
  readonly precision?: string;
  readonly results: Readonly<Record<string, SetResult>>;
  readonly neighbours: number;
}

/** The metrics artifact: figures and what stands beside them as its configuration. */
export function evaluatedContent(
  { reference, results, neighbours, precision }: Evaluated,
) {
  const of = <T>(value: (result: SetResult) => T | undefined) =>
    Object.fromEntries(
      Object.entries(results).flatMap(([role, result]) => {
        const found = value(result);
        return found === undefined ? [] : [[role, found] as const];
      }),
    );
  const [first] = Object.values(results);
  const n_reference = finiteCount(reference);
  return {
    tensors: listsOf(results),
    config: {
      n: first!.measured.set.count,
      neighbours,
      classes: [],
      sets: of((result) => ({
        n: result.measured.set.count,
        n_reference,
        ...namedFigures(result, reference),
      })),
      reconstruction: of((result) =>
        result.pairs && { n: result.pairs.n, ...namedPairs(result, reference) }
      ),
      nearest: {},
      intervals: of((result) => namedIntervals(result, reference)),
      measured: {
        ...of(({ measured, repeats }) => ({
          ...saidOf(measured, precision),
          ...repeats !== undefined && { repeats },
        })),
        reference: saidOf(reference, precision),
      },
    },
  };
}

function namedFigures(
  { measured: samples, figures }: SetResult,
  reference: MeasuredSet,
) {
  return Object.fromEntries(
    figures.map(({ name, value }) =>
      [shownName(name, { samples, reference }), value] as const
    ),
  );
}

function namedPairs(
  { measured: samples, pairs }: SetResult,
  reference: MeasuredSet,
) {
  const figures = Object.entries(pairs!.figures) as [
    PairMetricName,
    number | null,
  ][];
  return Object.fromEntries(
    figures.map(([name, value]) =>
      [shownName(name, { samples, reference }), value] as const
    ),
  );
}

/** Intervals by the names of their figures; undefined where there are none. */
function namedIntervals(
  { measured: samples, figures }: SetResult,
  reference: MeasuredSet,
) {
  const known = figures.flatMap(({ name, interval }) => {
    if (interval === undefined) return [];
    const { low, high } = interval;
    return [[shownName(name, { samples, reference }), [low, high]] as const];
  });
  return known.length === 0 ? undefined : Object.fromEntries(known);
}

/** Figures of each pair as tensors. */
function listsOf(results: Evaluated["results"]): Record<string, HostTensor> {
  const tensors: Record<string, HostTensor> = {};
  for (const [role, { pairs }] of Object.entries(results)) {
    for (const [name, values] of Object.entries(pairs?.lists ?? {})) {
      const data = Float32Array.from(values);
      tensors[`${name}/${role}`] = hostTensor("f32", [data.length], data);
    }
  }
  return tensors;
}

/** How many images a reference is of; null where its file does not say. */
export function finiteCount({ set: { count } }: MeasuredSet): number | null {
  return Number.isFinite(count) ? count : null;
}

function saidOf(measured: MeasuredSet, ofEngine: string | undefined) {
  const { network, weights, size, said } = measured;
  const precision = lookedAtIn(measured, ofEngine);
  return {
    ...said,
    conditions: conditionsOf(said),
    ...network !== undefined && { network },
    ...weights !== undefined && { weights },
    ...precision !== undefined && { precision },
    ...size !== undefined && { size },
  };
}

/** What features of a set were computed in where that is less than f32. */
export function lookedAtIn(
  { pieces, precision }: MeasuredSet,
  ofEngine: string | undefined,
): string | undefined {
  return pieces === undefined ? precision : ofEngine;
}
