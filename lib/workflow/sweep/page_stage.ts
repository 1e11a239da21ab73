import { z } from "zod";
import { defineStage, type InputPort } from "../../pipeline/mod.ts";
import { reportHtml } from "../../report/mod.ts";
import { sweepJson } from "./found.ts";
import { sweepReport } from "./page.ts";
import { type Axes, AXES_SCHEMA, type Point, pointsOf } from "./points.ts";
import { readResult } from "./results.ts";

/** What is shown: the points by the values of their axes. */
const OPTIONS = z.object({ axes: AXES_SCHEMA.describe("values of each axis") });

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
      const results = pointsOf(axes).map((point) =>
        readResult(inputs[point.name]!, point)
      );
      const sweep = { axes, results };
      const json = JSON.stringify(sweepJson(sweep), null, 2);
      await outputs.json.writeFile(`${json}\n`);
      await outputs.html.writeFile(await reportHtml(sweepReport(sweep)));
    },
  });
}
