import { UserError } from "../../artifact/mod.ts";
import {
  type Interval,
  type MetricName,
  metricOf,
  SET_METRICS,
  type SetMetric,
  type SetSubject,
} from "../../metric/mod.ts";
import { isOfficialName } from "../../official/mod.ts";
import type { MeasuredSet } from "./measured_set.ts";

/** What figures need besides the sets. */
export type Scoring = Omit<SetSubject, "samples" | "reference" | "once">;

/** A set with what its figures share. */
export function subjectOf(
  sets: Pick<SetSubject, "samples" | "reference">,
  scoring: Scoring,
): SetSubject {
  const done = new Map<string, Promise<unknown>>();
  return {
    ...scoring,
    ...sets,
    once<T>(key: string, work: () => Promise<T>): Promise<T> {
      const found = done.get(key) ?? work();
      done.set(key, found);
      return found as Promise<T>;
    },
  };
}

/** Figures of one kind of set: those that are asked for, else the usual ones. */
function chosenFigures(
  asked: readonly MetricName[] | undefined,
  role: SetMetric["set"],
): readonly (readonly [MetricName, SetMetric])[] {
  return SET_METRICS.filter(([name, { set, usual }]) =>
    set === role && (asked?.includes(name) ?? usual)
  );
}

/** Sets as they are measured, one by the other. */
export interface MeasuredPair {
  readonly samples: MeasuredSet;
  readonly reference: MeasuredSet;
}

/** What a figure lacks, in words; undefined where it can be measured. */
function lackOf(
  { needs }: SetMetric,
  { samples, reference }: MeasuredPair,
): string | undefined {
  const { network, features } = needs;
  const without = (of: MeasuredSet, has: boolean) =>
    of.network === network && has
      ? undefined
      : `"${of.set.source.name}" has no ${features} of ${network}` +
        obtained(of, network);
  const own = without(samples, samples.set.source.has(features));
  if (own !== undefined) return own;
  if (needs.labels && samples.set.source.labels === undefined) {
    return `"${samples.set.source.name}" has no labels`;
  }
  if (needs.reference === "nothing") return undefined;
  const { source } = reference.set;
  const known = needs.reference === "moments" &&
    source.moments?.[features] !== undefined;
  return without(reference, known || source.has(features));
}

/** How a person gets features of a network, where none looked at the images. */
function obtained({ network }: MeasuredSet, wanted: string): string {
  if (network !== undefined || !isOfficialName(wanted)) return "";
  return `: --network ${wanted} takes them, which spherear fetch gets`;
}

/**
 * The figures that can be measured of those that are asked for.
 *
 * @throws {UserError} where one that is asked for cannot be, or none can
 */
export function measurable(
  asked: readonly MetricName[] | undefined,
  { role, optional, ...pair }: MeasuredPair & {
    readonly role: SetMetric["set"];
    /** Whether there may be none. */
    readonly optional: boolean;
  },
): readonly (readonly [MetricName, SetMetric])[] {
  const lacks: string[] = [];
  const found = chosenFigures(asked, role).filter(([name, metric]) => {
    const lack = lackOf(metric, pair);
    if (lack === undefined) return true;
    if (asked !== undefined) {
      throw new UserError(`Cannot measure ${name}: ${lack}`);
    }
    lacks.push(lack);
    return false;
  });
  if (found.length > 0 || optional || lacks.length === 0) return found;
  throw new UserError(`Cannot measure ${role}: ${lacks[0]}`);
}

/** A figure with where it lies by chance, where that was asked for. */
export interface MeasuredFigure {
  readonly name: MetricName;
  readonly value: number | null;
  readonly interval?: Interval;
}

/** Measures figures one after another. */
export async function measureFigures(
  names: readonly MetricName[],
  subject: SetSubject,
  { intervals = false, onFigure }: {
    readonly intervals?: boolean;
    readonly onFigure?: (name: MetricName) => void;
  } = {},
): Promise<MeasuredFigure[]> {
  const figures: MeasuredFigure[] = [];
  for (const name of names) {
    const metric = metricOf(name);
    if (metric.of !== "sets") continue;
    const value = await metric.score(subject);
    const interval = intervals && value !== null
      ? await metric.interval?.(subject)
      : undefined;
    figures.push({ name, value, ...interval && { interval } });
    onFigure?.(name);
  }
  return figures;
}
