import {
  FIGURE_MARKS,
  type FigureMark,
  figureName,
  type MetricName,
  metricOf,
} from "../../metric/mod.ts";
import type { MeasuredPair } from "./figures.ts";

/** What a figure is called of a set beside its reference. */
export function shownName(name: MetricName, pair: MeasuredPair): string {
  const { count: samples } = pair.samples.set;
  return figureName(name, { samples, marks: marksOf(name, pair) });
}

/**
 * What the name of a figure carries: formats in which samples lost pixels, and
 * whether images were resized on either side of it. That real images were JPEG
 * is as published references are.
 */
function marksOf(
  name: MetricName,
  { samples, reference }: MeasuredPair,
): readonly FigureMark[] {
  const metric = metricOf(name);
  const isAlone = metric.of === "sets" && metric.needs.reference === "nothing";
  const sides = isAlone ? [samples] : [samples, reference];
  const isResized = sides.some(({ origin }) => origin?.resizedTo !== undefined);
  const lossy = samples.origin?.lossy ?? [];
  return FIGURE_MARKS.filter((mark) =>
    mark === "resized" ? isResized : lossy.includes(mark)
  );
}
