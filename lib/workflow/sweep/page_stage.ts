import { z } from "zod";
import type { ArtifactReader } from "../../artifact/mod.ts";
import { defineStage, type InputPort } from "../../pipeline/mod.ts";
import { reportHtml } from "../../report/mod.ts";
import { AXES, AXIS_NAMES } from "./axes.ts";
import { sweepReport } from "./page.ts";
import { type Axes, type Point, pointsOf, variedAxes } from "./points.ts";
import {
  bestOf,
  figureNames,
  type PointResult,
  readResult,
  titleOf,
} from "./results.ts";

const axisLists = AXIS_NAMES.map((name) =>
  [name, z.array(AXES[name].schema)] as const
);

/** What is shown: the points by the values of their axes. */
const OPTIONS = z.object({
  axes: z.object(Object.fromEntries(axisLists)).describe("values of each axis"),
});

/** The step that writes what a sweep found, of the figures of its points. */
export function pageStage(points: readonly Point[]) {
  const ports = points.map((
    { name },
  ): [string, InputPort] => [name, {
    kind: "metrics",
    help: "figures of a point",
  }]);
  return defineStage({
    name: "sweep-page",
    summary: "Write the figures of all points of a sweep, and their curves",
    examples: [{ does: "this is no command of its own", args: "" }],
    version: 1,
    inputs: Object.fromEntries(ports),
    outputs: {
      json: { kind: "file", extension: "json", help: "points and figures" },
      html: { kind: "file", extension: "html", help: "the page" },
    },
    options: OPTIONS,
    async run({ inputs, outputs, options }) {
      const axes = options.axes as unknown as Axes;
      const results = resultsOf(inputs, pointsOf(axes));
      const json = JSON.stringify(sweepJson(results, axes), null, 2);
      await outputs.json.writeFile(`${json}\n`);
      await outputs.html.writeFile(
        await reportHtml(sweepReport(results, axes)),
      );
    },
  });
}

function resultsOf(
  readers: Readonly<Record<string, ArtifactReader | undefined>>,
  points: readonly Point[],
): readonly PointResult[] {
  return points.map((point) => readResult(readers[point.name]!, point));
}

/** All that a sweep found, as plain JSON. */
function sweepJson(results: readonly PointResult[], axes: Axes) {
  const [first] = figureNames(results);
  const best = figureNames(results).flatMap((name) => {
    const found = bestOf(results, name);
    const { better } = titleOf(name);
    return found === undefined ? [] : [
      [name, {
        better,
        value: found.figures[name],
        ...found.point,
      }] as const,
    ];
  });
  return {
    axes,
    varied: variedAxes(axes),
    figure: first ?? null,
    best: Object.fromEntries(best),
    points: results.map(({ point, ...result }) => ({ ...point, ...result })),
  };
}
