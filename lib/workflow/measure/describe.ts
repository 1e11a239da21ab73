import { figureName, metricOf } from "../../metric/mod.ts";
import { table } from "../../pipeline/mod.ts";
import { conditionsOf } from "./conditions.ts";
import { type Evaluated, finiteCount, type SetResult } from "./content.ts";
import type { MeasuredFigure } from "./figures.ts";

/** Digits of a digest that are shown. */
const DIGEST = 12;

/** Figures as a table for people, below what they are of. */
export function describeEvaluated(
  { reference, results }: Evaluated,
): readonly string[] {
  const count = finiteCount(reference);
  const { cutTo } = reference.said;
  const cut = typeof cutTo === "number" ? `, cut to ${cutTo} pixels` : "";
  const by = `by ${count === null ? "" : `${count} images of `}` +
    `"${reference.set.source.name}"${cut}`;
  return Object.entries(results).flatMap(([role, result]) => [
    `${role}: ${result.measured.set.count} of ` +
    `"${result.measured.set.source.name}" ${by}`,
    ...conditionLines(result),
    ...figureLines(result),
  ]);
}

function conditionLines({ measured, repeats }: SetResult): string[] {
  const { network, weights, said } = measured;
  const conditions = Object.entries(conditionsOf(said))
    .map(([name, value]) => `${name} ${value}`);
  const by = network === undefined
    ? []
    : [`${network}, weights ${weights?.slice(0, DIGEST) ?? "unknown"}`];
  const copies = repeats ? [`${repeats} copies of others`] : [];
  const all = [...by, ...conditions, ...copies];
  return all.length === 0 ? [] : [`  ${all.join(", ")}`];
}

function figureLines({ figures, pairs, measured }: SetResult): string[] {
  const { count } = measured.set;
  const rows = figures.map((figure) => rowOf(figure, count));
  const ofPairs = Object.entries(pairs?.figures ?? {})
    .map(([name, value]) =>
      rowOf({ name: name as MeasuredFigure["name"], value }, count)
    );
  return table([...rows, ...ofPairs], { right: [1] })
    .map((line) => `  ${line}`);
}

function rowOf(
  { name, value, interval }: MeasuredFigure,
  count: number,
): readonly string[] {
  const { digits, unit, better } = metricOf(name);
  const text = (number: number) => number.toFixed(digits);
  return [
    figureName(name, count),
    value === null ? "none" : text(value),
    unit,
    interval === undefined
      ? ""
      : `${text(interval.low)} to ${text(interval.high)}`,
    `${better} is better`,
  ];
}
