import type {
  FigureTable,
  LineChart,
  Report,
  Series,
} from "../../report/mod.ts";
import type { AxisName } from "./axes.ts";
import { bestLine, placeWords, valueText } from "./describe.ts";
import type { Sweep } from "./found.ts";
import { pointWords, variedAxes, wordOf } from "./points.ts";
import { bestOf, figureNames, type PointResult, titleOf } from "./results.ts";

/** Axes that a curve may run over, the first that has several numbers. */
const CURVES: readonly AxisName[] = ["cfg", "steps"];

/** The page of a sweep: a curve for every figure, a table, all recipes. */
export function sweepReport(sweep: Sweep): Report {
  const over = curveAxis(sweep);
  return {
    title: over === undefined ? "Sweep" : `Sweep over ${wordOf(over)}`,
    lead: leadOf(sweep),
    pictures: [],
    bars: [],
    machine: {},
    ...sweepParts(sweep),
  };
}

/** What a page shows of a sweep, be it its own or that of a run. */
export function sweepParts(
  sweep: Sweep,
): Pick<Report, "headlines" | "tables" | "lines" | "recipes" | "notes"> {
  const { axes, results } = sweep;
  const varied = variedAxes(axes);
  const names = figureNames(results);
  const over = curveAxis(sweep);
  return {
    headlines: names.flatMap((name) => {
      const best = bestOf(results, name);
      return best === undefined ? [] : [{
        title: `Best ${name}`,
        value: valueText(best, name),
        note: placeWords(best.point, varied),
      }];
    }),
    tables: [figureTable(sweep, varied)],
    lines: over === undefined
      ? []
      : names.map((name) => curveOf(results, { name, over, varied })),
    recipes: results.map(({ point: { name }, recipe, inputs }) => ({
      artifact: name,
      recipe: { ...recipe, ...inputs },
    })),
    notes: [
      "Images of equal numbers start from the same noise at every point of a " +
      "seed, so that curves are smooth where few images are measured.",
      "A figure of fewer than 10,000 samples carries their number; published " +
      "ones are of more and do not compare with it.",
    ],
  };
}

/** The axis that curves run over, if there is one. */
function curveAxis({ axes }: Sweep): AxisName | undefined {
  return CURVES.find((axis) =>
    axes[axis].length > 1 &&
    axes[axis].every((value) => typeof value === "number")
  );
}

function leadOf({ results }: Sweep): string {
  const counts = [...new Set(results.map(({ images }) => images))];
  const images = counts.map((count) => count.toLocaleString("en-US"));
  return `${results.length} points of ${images.join(" or ")} images each.`;
}

function figureTable(
  sweep: Sweep,
  varied: readonly AxisName[],
): FigureTable {
  const { results } = sweep;
  const names = figureNames(results);
  const best = names.map((name) => bestLine(results, { name, varied }));
  return {
    name: "points",
    title: "Points of the sweep",
    caption: `${leadOf(sweep)} ${sentence(best.join("; "))}`,
    columns: names.map((name) => ({
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

/** Words as a sentence. */
function sentence(words: string): string {
  return words === "" ? "" : `${words[0]!.toUpperCase()}${words.slice(1)}.`;
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
