import { table } from "../../pipeline/mod.ts";
import { AXIS_NAMES, type AxisName } from "./axes.ts";
import { type Point, pointWords, wordOf } from "./points.ts";
import {
  bestOf,
  commonValue,
  figureNames,
  type PointResult,
  titleOf,
} from "./results.ts";

/** All points with their figures as a table for people, the best ones marked. */
export function describeSweep(
  results: readonly PointResult[],
): readonly string[] {
  const names = figureNames(results);
  const best = new Map(names.map((name) => [name, bestOf(results, name)]));
  const head = [...AXIS_NAMES.map(wordOf), "images", ...names];
  const rows = results.map((result) => [
    ...AXIS_NAMES.map((axis) => String(result.point[axis])),
    String(result.images),
    ...names.map((name) =>
      `${valueText(result, name)}${best.get(name) === result ? " *" : "  "}`
    ),
  ]);
  const right = head.map((_, column) => column);
  const marked = `* best: ${
    names.map((name) => `${name} ${titleOf(name).better}`).join(", ")
  }`;
  return [
    ...table([
      head.map((one, i) => i > AXIS_NAMES.length ? `${one}  ` : one),
      ...rows,
    ], { right }),
    marked,
  ];
}

/** A figure in its digits. */
export function valueText(
  { figures }: PointResult,
  name: string,
): string {
  const value = figures[name] ?? null;
  return value === null ? "none" : value.toFixed(titleOf(name).digits);
}

/** Which point is best by a figure, in a line. */
export function bestLine(
  results: readonly PointResult[],
  { name, varied }: {
    readonly name: string;
    readonly varied: readonly AxisName[];
  },
): string {
  const best = bestOf(results, name);
  if (best === undefined) {
    return commonValue(results, name) === undefined
      ? `best ${name}: none`
      : `best ${name}: ${valueText(results[0]!, name)} at every point`;
  }
  return `best ${name}: ${valueText(best, name)} at ` +
    placeWords(best.point, varied);
}

/** A point by what differs between points; by everything where nothing does. */
export function placeWords(
  point: Point,
  varied: readonly AxisName[],
): string {
  return pointWords(point, varied.length === 0 ? AXIS_NAMES : varied);
}
