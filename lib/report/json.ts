import { drawnSeries } from "./chart.ts";
import type { BarChart, FigureTable, LineChart, Report } from "./report.ts";

/**
 * The figures of the page as JSON text: tables by row and column name, the
 * points that are drawn, recipes and machine. Pictures stay files of their own.
 */
export function reportJson(report: Report): string {
  const { title, lead, headlines, recipes, machine, notes } = report;
  const figures = {
    title,
    lead,
    headlines,
    tables: byName(report.tables, tableValues),
    bars: byName(report.bars, barValues),
    lines: byName(report.lines, lineValues),
    pictures: byName(report.pictures, ({ title, caption, rows }) => ({
      title,
      caption,
      ...(rows && { rows }),
    })),
    recipes: Object.fromEntries(
      recipes.map(({ artifact, recipe }) => [artifact, recipe]),
    ),
    machine,
    notes,
  };
  return `${JSON.stringify(figures, null, 2)}\n`;
}

function byName<T extends { readonly name: string }>(
  items: readonly T[],
  valueOf: (item: T) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(items.map((item) => [item.name, valueOf(item)]));
}

function tableValues({ rows }: FigureTable) {
  return byName(rows, ({ values }) => values);
}

function barValues({ bars }: BarChart) {
  return Object.fromEntries(bars.map(({ title, value }) => [title, value]));
}

function lineValues(chart: LineChart) {
  const series = drawnSeries(chart).map(({ title, x, y }) => [
    title,
    { x: Array.from(x, rounded), y: Array.from(y, rounded) },
  ]);
  return Object.fromEntries(series);
}

/** Six digits: the last ones of a float32 carry nothing to a reader. */
function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
