import type { TopLevelSpec } from "vega-lite";
import type { BarChart, LineChart, Series } from "./report.ts";
import { smoothed, thinned } from "./running_mean.ts";

/** Colours that stand out on white and on near-black alike. */
export const SERIES_COLORS: readonly string[] = [
  "#3b82f6",
  "#f2762b",
  "#14a37f",
  "#b266e0",
  "#d9487c",
];

const WIDTH = 380;
const HEIGHT = 210;
const BAR_WIDTH = 290;
const BAR_STEP = 38;

/** Areas in square pixels of a point and of the ring around one that stands out. */
const DOT_SIZE = 18;
const RING_SIZE = 110;

/** Marks take the page's text colour, so one drawing serves light and dark. */
const CONFIG = {
  background: "transparent",
  font: "system-ui, sans-serif",
  view: { stroke: "transparent" },
  axis: {
    labelColor: "currentColor",
    labelOpacity: 0.75,
    titleColor: "currentColor",
    titleOpacity: 0.75,
    titleFontWeight: "normal" as const,
    titlePadding: 8,
    gridColor: "currentColor",
    gridOpacity: 0.1,
    domainColor: "currentColor",
    domainOpacity: 0.3,
    tickColor: "currentColor",
    tickOpacity: 0.3,
    labelFontSize: 11,
    titleFontSize: 11,
  },
  legend: {
    labelColor: "currentColor",
    labelFontSize: 11,
    symbolType: "stroke" as const,
    symbolStrokeWidth: 3,
    symbolOpacity: 1,
    labelLimit: 0,
  },
};

/** One point of a line, as the drawing reads it. */
interface Point {
  readonly x: number;
  readonly y: number;
  readonly series: string;
}

/**
 * Draws lines over numbers as SVG text.
 *
 * @throws {TypeError} when a series has more x than y or the reverse
 */
export async function lineChartSvg(chart: LineChart): Promise<string> {
  for (const { title, x, y } of chart.series) {
    if (x.length !== y.length) {
      throw new TypeError(
        `Cannot draw "${title}": it has ${x.length} x and ${y.length} y`,
      );
    }
  }
  const drawn = drawnSeries(chart);
  const noisy = chart.style === "noisy";
  const layers = noisy
    ? [
      layer(drawn, { width: 1, opacity: 0.3 }),
      layer(drawn.map(smoothed), { width: 2, opacity: 1 }),
    ]
    : [layer(drawn, {
      width: 2,
      opacity: 1,
      ...(chart.style === "steps" && { interpolate: "step-after" as const }),
      ...(chart.style === "points" && { dots: true }),
    })];
  return await svgOf({
    width: WIDTH,
    height: HEIGHT,
    encoding: lineEncoding(chart),
    layer: [...layers, ...markLayers(chart)],
  });
}

/** The lines of a chart with the points that are drawn. */
export function drawnSeries({ series, style }: LineChart): Series[] {
  return series.map((line) => style === "noisy" ? thinned(line) : line);
}

function layer(
  series: readonly Series[],
  { width, opacity, interpolate, dots }: {
    readonly width: number;
    readonly opacity: number;
    readonly interpolate?: "step-after";
    readonly dots?: boolean;
  },
) {
  return {
    data: { values: series.flatMap(pointsOf) },
    mark: {
      type: "line" as const,
      strokeWidth: width,
      opacity,
      ...(interpolate && { interpolate }),
      ...(dots && { point: { filled: true, size: DOT_SIZE } }),
    },
  };
}

/** A ring around a point that stands out, and its title above. */
function markLayers({ mark }: LineChart) {
  if (mark === undefined) return [];
  const data = { values: [mark] };
  const encoding = { color: { value: "currentColor" } };
  return [
    {
      data,
      encoding,
      mark: { type: "point" as const, size: RING_SIZE, strokeWidth: 1.5 },
    },
    {
      data,
      encoding: { ...encoding, text: { field: "title" } },
      mark: { type: "text" as const, dy: -12, fontSize: 11 },
    },
  ];
}

function pointsOf({ title, x, y }: Series): Point[] {
  return Array.from(
    { length: x.length },
    (_, k) => ({ x: x[k]!, y: y[k]!, series: title }),
  );
}

function lineEncoding({ xTitle, yTitle, series }: LineChart) {
  const names = series.map(({ title }) => title);
  const legend = names.length > 1
    ? { title: null, orient: "top" as const, direction: "horizontal" as const }
    : null;
  return {
    x: {
      field: "x",
      type: "quantitative" as const,
      title: xTitle,
      axis: { grid: false, tickCount: 6 },
    },
    y: {
      field: "y",
      type: "quantitative" as const,
      title: yTitle,
      scale: { zero: false },
      axis: { tickCount: 5 },
    },
    color: {
      field: "series",
      type: "nominal" as const,
      scale: { domain: names, range: colorsOf(names.length) },
      legend,
    },
  };
}

function colorsOf(count: number): string[] {
  return Array.from(
    { length: count },
    (_, k) => SERIES_COLORS[k % SERIES_COLORS.length]!,
  );
}

/**
 * Draws bars on a logarithmic axis as SVG text, the value beside each bar.
 *
 * @throws {RangeError} when a value is not positive
 */
export async function barChartSvg(chart: BarChart): Promise<string> {
  const bad = chart.bars.find(({ value }) => !(value > 0));
  if (bad !== undefined) {
    throw new RangeError(
      `Cannot draw "${bad.title}" on a logarithmic axis: it is ${bad.value}`,
    );
  }
  const smallest = Math.min(...chart.bars.map(({ value }) => value));
  const foot = 10 ** Math.floor(Math.log10(smallest) - 0.05);
  const values = chart.bars.map((bar) => ({
    ...bar,
    foot,
    text: String(Number(bar.value.toPrecision(3))),
  }));
  return await svgOf({
    width: BAR_WIDTH,
    height: { step: BAR_STEP },
    data: { values },
    encoding: barEncoding(chart, foot),
    layer: [
      {
        mark: { type: "bar", cornerRadiusEnd: 3, color: SERIES_COLORS[0]! },
        encoding: { x2: { field: "foot" } },
      },
      {
        mark: { type: "text", align: "left", dx: 6, color: "currentColor" },
        encoding: { text: { field: "text" } },
      },
    ],
  });
}

function barEncoding({ bars, xTitle }: BarChart, foot: number) {
  const largest = Math.max(...bars.map(({ value }) => value));
  return {
    x: {
      field: "value",
      type: "quantitative" as const,
      title: xTitle,
      scale: { type: "log" as const, domain: [foot, largest * 2], nice: false },
      axis: { values: powersOfTen(foot, largest * 2), format: "~g" },
    },
    y: {
      field: "title",
      type: "nominal" as const,
      title: null,
      sort: bars.map(({ title }) => title),
      axis: { domain: false, ticks: false, labelLimit: 240 },
    },
  };
}

function powersOfTen(low: number, high: number): number[] {
  const first = Math.ceil(Math.log10(low));
  const count = Math.floor(Math.log10(high)) - first + 1;
  return Array.from({ length: count }, (_, k) => 10 ** (first + k));
}

/** Loaded here, because 0.2 s of start-up concern only who draws. */
async function svgOf(
  spec: Omit<Extract<TopLevelSpec, { layer: unknown }>, "config">,
): Promise<string> {
  const [vega, vegaLite] = await Promise.all([
    import("vega"),
    import("vega-lite"),
  ]);
  const compiled = vegaLite.compile(
    { ...spec, config: CONFIG } as TopLevelSpec,
  );
  const view = new vega.View(vega.parse(compiled.spec), { renderer: "none" });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}
