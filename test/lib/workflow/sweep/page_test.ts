import assert from "node:assert/strict";
import { reportHtml } from "../../../../lib/report/mod.ts";
import {
  bestLine,
  describeSweep,
} from "../../../../lib/workflow/sweep/describe.ts";
import { sweepReport } from "../../../../lib/workflow/sweep/page.ts";
import { axesOf, pointsOf } from "../../../../lib/workflow/sweep/points.ts";
import {
  bestOf,
  figureNames,
  type PointResult,
} from "../../../../lib/workflow/sweep/results.ts";

const AXES = axesOf({ cfg: "1:3:1", solver: "euler,euler-maruyama" }, {
  cfg: 1,
  steps: 10,
  cfgSchedule: "linear",
  solver: "euler",
  seed: 0,
});

/** FID and recall at the points, in their order. */
const FID = [9, 5, 7, 8, 4.5, null];
const RECALL = [0.2, 0.5, 0.4, 0.6, 0.1, 0.3];

const RESULTS: readonly PointResult[] = pointsOf(AXES).map((point, i) => ({
  point,
  images: 50,
  referenceImages: 100,
  figures: { recall_50: RECALL[i]!, fid_50: FID[i]! },
  intervals: {},
  measured: {},
  recipe: { stage: "sweep", options: { count: 50 } },
  inputs: {},
}));

Deno.test("bestOf() goes by which way of a figure is better, and over gaps", () => {
  assert.deepEqual(figureNames(RESULTS), ["fid_50", "recall_50"]);
  assert.equal(bestOf(RESULTS, "fid_50"), RESULTS[4]);
  assert.equal(bestOf(RESULTS, "recall_50"), RESULTS[3]);
  assert.equal(bestOf([RESULTS[5]!], "fid_50"), undefined);
});

Deno.test("no point is best where a figure is the same at all of them", () => {
  const results = RESULTS.slice(0, 3).map((result) => ({
    ...result,
    figures: { ...result.figures, recall_50: 0.25 },
  }));
  const name = "recall_50";
  assert.equal(bestOf(results, name), undefined);
  assert.equal(bestOf(results.slice(0, 1), name), results[0]);
  assert.equal(
    bestLine(results, { name, varied: ["cfg"] }),
    "best recall_50: 0.250 at every point",
  );
  const { lines, headlines } = sweepReport({ axes: AXES, results });
  assert.deepEqual(headlines.map(({ title }) => title), ["Best fid_50"]);
  assert.equal(lines[1]!.mark, undefined);
  assert.ok(!describeSweep(results)[1]!.includes("0.250 *"));
  const none = [{ ...RESULTS[5]!, figures: { fid_50: null } }];
  assert.equal(
    bestLine([...none, ...none], { name: "fid_50", varied: [] }),
    "best fid_50: none",
  );
});

Deno.test("sweepReport() draws a curve for each other value, the best marked", async () => {
  const report = sweepReport({ axes: AXES, results: RESULTS });
  const [fid, recall] = report.lines;
  assert.equal(report.lines.length, 2);
  assert.deepEqual(fid!.series, [
    { title: "solver euler", x: [1, 2, 3], y: [9, 5, 7] },
    { title: "solver euler-maruyama", x: [1, 2], y: [8, 4.5] },
  ]);
  assert.deepEqual(fid!.mark, { title: "cfg 2", x: 2, y: 4.5 });
  assert.deepEqual(recall!.mark, { title: "cfg 1", x: 1, y: 0.6 });
  assert.match(await reportHtml(report), />cfg 2<\/text>/);
});

Deno.test("sweepReport() has no curve where no number varies", () => {
  const axes = axesOf({ solver: "euler,euler-maruyama" }, {
    cfg: 1,
    steps: 10,
    cfgSchedule: "linear",
    solver: "euler",
    seed: 0,
  });
  const results = RESULTS.filter(({ point }) => point.cfg === 1);
  const report = sweepReport({ axes, results });
  assert.deepEqual(report.lines, []);
  assert.equal(report.tables[0]!.rows.length, 2);
});

Deno.test("describeSweep() marks the best of each figure", () => {
  const lines = describeSweep(RESULTS);
  assert.match(lines[0]!, /cfg +steps +cfg schedule +solver +seed +images/);
  assert.match(lines[5]!, / 50 +4\.50 \* +0\.100$/);
  assert.match(lines[6]!, / none +0\.300$/);
});
