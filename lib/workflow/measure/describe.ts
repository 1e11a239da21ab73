import { metricOf } from "../../metric/mod.ts";
import { table } from "../../pipeline/mod.ts";
import { conditionsOf } from "./conditions.ts";
import {
  type Evaluated,
  finiteCount,
  lookedAtIn,
  type SetResult,
} from "./content.ts";
import type { MeasuredFigure, MeasuredPair } from "./figures.ts";
import type { MeasuredSet } from "./measured_set.ts";
import { originText } from "./origin.ts";
import { shownName } from "./shown_name.ts";

/** Digits of a digest that are shown. */
const DIGEST = 12;

/** Figures as a table for people, below what they are of. */
export function describeEvaluated(
  evaluated: Evaluated,
): readonly string[] {
  const { reference, results } = evaluated;
  const count = finiteCount(reference);
  const by = `by ${count === null ? "" : `${count} images of `}` +
    nameOf(reference);
  return Object.entries(results).flatMap(([role, result]) => [
    `${role}: ${result.measured.set.count} of ${nameOf(result.measured)} ${by}`,
    ...conditionLines(result, evaluated),
    ...figureLines(result, reference),
  ]);
}

/** A set by its file, with what its images were as pictures. */
function nameOf({ set, origin }: MeasuredSet): string {
  return `"${set.source.name}"${originText(origin)}`;
}

function conditionLines(
  { measured, repeats }: SetResult,
  { reference, precision }: Evaluated,
): string[] {
  const { network, weights, said } = measured;
  const conditions = Object.entries(conditionsOf(said))
    .map(([name, value]) => `${name} ${brief(value)}`);
  const by = network === undefined
    ? []
    : [`${network}, weights ${weights?.slice(0, DIGEST) ?? "unknown"}`];
  const lower = [measured, reference]
    .flatMap((set) => lookedAtIn(set, precision) ?? []);
  const copies = repeats ? [`${repeats} copies of others`] : [];
  const all = [
    ...by,
    ...new Set(lower.map((kept) => `features in ${kept}`)),
    ...conditions,
    ...copies,
  ];
  return all.length === 0 ? [] : [`  ${all.join(", ")}`];
}

/** Most letters of a value; files of others may say anything. */
const MOST_LETTERS = 60;

/** A value beside a figure; of a digest its first digits. */
function brief(value: unknown): string {
  const text = String(value).slice(0, MOST_LETTERS);
  if (/^[0-9a-f]{60}$/.test(text)) return text.slice(0, DIGEST);
  // deno-lint-ignore no-control-regex
  return text.replaceAll(/[\x00-\x1f\x7f]/g, "?");
}

function figureLines(
  { figures, pairs, measured: samples }: SetResult,
  reference: MeasuredSet,
): string[] {
  const pair = { samples, reference };
  const rows = figures.map((figure) => rowOf(figure, pair));
  const ofPairs = Object.entries(pairs?.figures ?? {})
    .map(([name, value]) =>
      rowOf({ name: name as MeasuredFigure["name"], value }, pair)
    );
  return table([...rows, ...ofPairs], { right: [1] })
    .map((line) => `  ${line}`);
}

function rowOf(
  { name, value, interval }: MeasuredFigure,
  pair: MeasuredPair,
): readonly string[] {
  const { digits, unit, better } = metricOf(name);
  const text = (number: number) => number.toFixed(digits);
  return [
    shownName(name, pair),
    value === null ? "none" : text(value),
    unit,
    interval === undefined
      ? ""
      : `${text(interval.low)} to ${text(interval.high)}`,
    `${better} is better`,
  ];
}
