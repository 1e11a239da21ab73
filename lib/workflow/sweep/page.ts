import type { LineChart, Report, Series } from "../../report/mod.ts";
import type { AxisName } from "./axes.ts";
import { bestLine, placeWords, valueText } from "./describe.ts";
import { type Axes, pointWords, variedAxes, wordOf } from "./points.ts";
import { bestOf, figureNames, type PointResult, titleOf } from "./results.ts";

/** Axes that a curve may run over, the first that has several numbers. */
const CURVES: readonly AxisName[] = ["cfg", "steps"];

/** The page of a sweep: a curve for every figure, a table, all recipes. */
export function sweepReport(
  results: readonly PointResult[],
  axes: Axes,
): Report {
  const varied = variedAxes(axes);
  const names = figureNames(results);
  const over = CURVES.find((axis) =>
    varied.includes(axis) &&
    axes[axis].every((value) => typeof value === "number")
  );
  return {
    title: over === undefined ? "Sweep" : `Sweep over ${wordOf(over)}`,
    lead: leadOf(results),
    headlines: names.flatMap((name) => {
      const best = bestOf(results, name);
      return best === undefined ? [] : [{
        title: `Best ${name}`,
        value: valueText(best, name),
        note: placeWords(best.point, varied),
      }];
    }),
    pictures: [],
    tables: [figureTable(results, varied)],
    bars: [],
    lines: over === undefined
      ? []
      : names.map((name) => curveOf(results, { name, over, varied })),
    recipes: results.map(({ point: { name }, recipe, inputs }) => ({
      artifact: name,
      recipe: { ...recipe, ...inputs },
    })),
    machine: {},
    notes: [
      "Images of equal numbers start from the same noise at every point, so " +
      "that curves are smooth where few images are measured.",
      "A figure of fewer than 10,000 samples carries their number; published " +
      "ones are of more and do not compare with it.",
    ],
  };
}

function leadOf(results: readonly PointResult[]): string {
  const counts = [...new Set(results.map(({ images }) => images))];
  const images = counts.map((count) => count.toLocaleString("en-US"));
  return `${results.length} points of ${images.join(" or ")} images each.`;
}

function figureTable(
  results: readonly PointResult[],
  varied: readonly AxisName[],
) {
  return {
    name: "points",
    title: "Points",
    caption: figureNames(results).map((name) =>
      bestLine(results, {
        name,
        varied,
      })
    ).join("; "),
    columns: figureNames(results).map((name) => ({
      name,
      title: name,
      digits: titleOf(name).digits,
    })),
    rows: results.map(({ point, figures }) => ({
      name: point.name,
      title: placeWords(point, varied),
      values: figures,
    })),
  };
}

/** A figure over an axis: a line for each combination of the other values. */
function curveOf(
  results: readonly PointResult[],
  { name, over, varied }: {
    readonly name: string;
    readonly over: AxisName;
    readonly varied: readonly AxisName[];
  },
): LineChart {
  const others = varied.filter((axis) => axis !== over);
  const lines = new Map<string, [x: number, y: number][]>();
  for (const { point, figures } of results) {
    const value = figures[name] ?? null;
    if (value === null) continue;
    const title = others.length === 0 ? name : pointWords(point, others);
    const line = lines.get(title) ?? [];
    line.push([Number(point[over]), value]);
    lines.set(title, line);
  }
  const best = bestOf(results, name);
  return {
    name,
    title: `${name} by ${wordOf(over)}`,
    xTitle: wordOf(over),
    yTitle: name,
    style: "points",
    series: [...lines].map(seriesOf),
    ...best && {
      mark: {
        title: `${wordOf(over)} ${best.point[over]}`,
        x: Number(best.point[over]),
        y: best.figures[name]!,
      },
    },
  };
}

function seriesOf(
  [title, points]: readonly [string, readonly (readonly [number, number])[]],
): Series {
  const sorted = points.toSorted(([a], [b]) => a - b);
  return {
    title,
    x: sorted.map(([x]) => x),
    y: sorted.map(([, y]) => y),
  };
}
