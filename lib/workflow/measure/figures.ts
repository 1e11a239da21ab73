import { UserError } from "../../artifact/mod.ts";
import {
  type FeatureSource,
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
  const without = (of: MeasuredSet, width: number | undefined) =>
    of.network === network && width !== undefined
      ? undefined
      : `"${of.set.source.name}" has no ${features} of ${network}` +
        obtained(of, network);
  const { source } = samples.set;
  const width = source.widths[features];
  const own = without(samples, width);
  if (own !== undefined) return own;
  if (needs.labels) return lackOfLabels(source, width!);
  if (needs.reference === "nothing") return undefined;
  const { name, widths, moments } = reference.set.source;
  const known = needs.reference === "moments"
    ? moments?.[features]?.mean.length
    : undefined;
  const other = known ?? widths[features];
  if (other === undefined || other === width) return without(reference, other);
  return `${features} of "${source.name}" and "${name}" have ${width} and ` +
    `${other} numbers`;
}

/** How a person gets features of a network, where none looked at the images. */
function obtained({ network }: MeasuredSet, wanted: string): string {
  if (network !== undefined || !isOfficialName(wanted)) return "";
  return `: --network ${wanted} takes them, which spherear fetch gets`;
}

/** What labels lack to be counted among so many classes. */
function lackOfLabels(
  { name, labels }: FeatureSource,
  classes: number,
): string | undefined {
  if (labels === undefined) return `"${name}" has no labels`;
  const bad = labels.data.find((label) => !(label >= 0 && label < classes));
  return bad === undefined
    ? undefined
    : `label ${bad} of "${name}" is not one of ${classes} classes`;
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
