import { METRIC_NAMES, type MetricName } from "../names.ts";
import { metricOf } from "./table.ts";

/** Samples from which published figures are: fewer are named by their number. */
export const PROTOCOL_SAMPLES = 10_000;

/**
 * What images went through that published ones did not, as names of figures carry
 * it, in this order: formats that lose pixels, and a resize.
 */
export const FIGURE_MARKS = ["jpeg", "webp", "gif", "resized"] as const;

/** One of them. */
export type FigureMark = typeof FIGURE_MARKS[number];

/** What a figure is of, as far as its name says it. */
export interface FigureSubject {
  readonly samples: number;
  readonly marks?: readonly FigureMark[];
}

/**
 * What a figure of some samples is called: `fid_5000`, `fid_jpeg` or
 * `fid_jpeg_resized_5000` where published ones, which are of more samples and of
 * images as they are, do not compare with it.
 */
export function figureName(
  name: MetricName,
  { samples, marks = [] }: FigureSubject,
): string {
  const metric = metricOf(name);
  const own = metric.of === "pairs" || metric.needs.network === "classifier";
  const count = own || samples >= PROTOCOL_SAMPLES ? [] : [samples];
  const carried = FIGURE_MARKS.filter((mark) => marks.includes(mark));
  return [name, ...carried, ...count].join("_");
}

const SUFFIXES = new RegExp(`(?:_(?:${FIGURE_MARKS.join("|")}))*(?:_\\d+)?$`);

/** The figure that a name of `figureName` stands for. */
export function figureOf(name: string): MetricName | undefined {
  const plain = name.replace(SUFFIXES, "");
  return METRIC_NAMES.find((known) => known === name || known === plain);
}
