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
        ...namedFigures(result),
      })),
      reconstruction: of(({ pairs }) =>
        pairs && { n: pairs.n, ...pairs.figures }
      ),
      nearest: {},
      intervals: of(namedIntervals),
      measured: {
        ...of(({ measured, repeats }) => ({
          ...saidOf(measured),
          ...repeats !== undefined && { repeats },
        })),
        reference: saidOf(reference),
      },
    },
  };
}

function namedFigures({ measured, figures }: SetResult) {
  const { count } = measured.set;
  return Object.fromEntries(
    figures.map(({ name, value }) => [figureName(name, count), value]),
  );
}

/** Intervals by the names of their figures; undefined where there are none. */
function namedIntervals({ measured, figures }: SetResult) {
  const { count } = measured.set;
  const known = figures.flatMap(({ name, interval }) =>
    interval === undefined
      ? []
      : [[figureName(name, count), [interval.low, interval.high]] as const]
  );
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

function saidOf({ network, weights, size, said }: MeasuredSet) {
  return {
    ...said,
    conditions: conditionsOf(said),
    ...network !== undefined && { network },
    ...weights !== undefined && { weights },
    ...size !== undefined && { size },
  };
}
