import { z } from "zod";
import {
  type ArtifactReader,
  type JsonRecord,
  UserError,
} from "../../artifact/mod.ts";
import {
  figureOf,
  type FigureTitle,
  METRIC_NAMES,
  metricOf,
} from "../../metric/mod.ts";
import { issueLine } from "../../pipeline/mod.ts";
import type { Point } from "./points.ts";

/** Figures by their names, such as `fid_5000`; null where there is none. */
export type Figures = Readonly<Record<string, number | null>>;

/** What {@linkcode Figures} are in files. */
export const FIGURES = z.record(z.string(), z.number().nullable());

/** What was measured at a point. */
export interface PointResult {
  readonly point: Point;
  /** Images of the point, and of the reference where that is known. */
  readonly images: number;
  readonly referenceImages: number | null;
  readonly figures: Figures;
  /** Where figures lie by chance. */
  readonly intervals: JsonRecord;
  /** What the figures are of: digests, network, weights. */
  readonly measured: JsonRecord;
  readonly recipe: JsonRecord;
  /** SHA-256 of each input. */
  readonly inputs: Readonly<Record<string, string>>;
}

const FIGURE = z.number().nullable();
const RECORD = z.record(z.string(), z.unknown());

const MEASURED = z.object({
  sets: z.object({
    samples: z.object({ n: z.number(), n_reference: FIGURE }).catchall(FIGURE),
  }),
  intervals: z.object({ samples: RECORD.default({}) }).prefault({}),
  measured: RECORD,
});

/**
 * Reads the figures of a point.
 *
 * @throws {UserError} naming the file and the figure that does not fit
 */
export function readResult(reader: ArtifactReader, point: Point): PointResult {
  const parsed = MEASURED.safeParse(reader.config);
  if (!parsed.success) {
    const under = ["config"];
    const line = issueLine(parsed.error, reader.config, { under });
    throw new UserError(`Cannot use "${reader.name}": ${line}`);
  }
  const { sets, intervals, measured } = parsed.data;
  const { n, n_reference, ...figures } = sets.samples;
  return {
    point,
    images: n,
    referenceImages: n_reference,
    figures: knownFigures(figures),
    intervals: intervals.samples,
    measured,
    recipe: reader.recipe ?? {},
    inputs: reader.inputs,
  };
}

/** Those of some numbers that are figures. */
export function knownFigures(numbers: Figures): Figures {
  const entries = Object.entries(numbers);
  return Object.fromEntries(
    entries.filter(([name]) => figureOf(name) !== undefined),
  );
}

/** How a figure is shown. */
export function titleOf(name: string): FigureTitle {
  return metricOf(figureOf(name)!);
}

/** The names of all figures of some points, in the order of their table. */
export function figureNames(
  results: readonly PointResult[],
): readonly string[] {
  const names = results.flatMap(({ figures }) => Object.keys(figures));
  const place = (name: string) => METRIC_NAMES.indexOf(figureOf(name)!);
  return [...new Set(names)].toSorted((a, b) => place(a) - place(b));
}

/**
 * The point where a figure is best; undefined where none has it, or where it is
 * the same at all of several points.
 */
export function bestOf(
  results: readonly PointResult[],
  name: string,
): PointResult | undefined {
  if (results.length > 1 && commonValue(results, name) !== undefined) {
    return undefined;
  }
  const sign = titleOf(name).better === "lower" ? 1 : -1;
  const cost = ({ figures }: PointResult) => {
    const value = figures[name];
    return typeof value === "number" ? sign * value : Infinity;
  };
  const [first] = results.toSorted((a, b) => cost(a) - cost(b));
  return first !== undefined && cost(first) < Infinity ? first : undefined;
}

/** A figure that is the same at every point; undefined where it differs. */
export function commonValue(
  results: readonly PointResult[],
  name: string,
): number | undefined {
  const [first, ...others] = results.map(({ figures }) => figures[name]);
  const same = others.every((value) => value === first);
  return same && typeof first === "number" ? first : undefined;
}
