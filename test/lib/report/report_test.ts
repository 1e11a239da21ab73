import assert from "node:assert/strict";
import fc from "fast-check";
import {
  barChartSvg,
  lineChartSvg,
  numberText,
  type Report,
  reportHtml,
  reportJson,
} from "../../../lib/report/mod.ts";
import { escapeHtml, html } from "../../../lib/report/markup.ts";
import { smoothed, thinned } from "../../../lib/report/running_mean.ts";

const EVIL = `<script>alert("1")</script>&'`;

const REPORT: Report = {
  title: `Run ${EVIL}`,
  lead: `Lead ${EVIL}`,
  headlines: [{ title: "Distance", value: "1.09", note: EVIL }],
  pictures: [{
    name: "samples",
    title: "Samples",
    caption: EVIL,
    png: Uint8Array.of(137, 80, 78, 71),
    rows: ["face", EVIL],
  }],
  tables: [{
    name: "sets",
    title: "Sets",
    caption: EVIL,
    columns: [
      { name: "distance", title: "Distance", digits: 2 },
      { name: "n", title: EVIL },
    ],
    rows: [
      { name: "floor", title: EVIL, values: { distance: 0.7, n: 158 } },
      { name: "samples", title: "Samples", values: { distance: null, n: 7 } },
    ],
  }],
  bars: [{
    name: "distances",
    title: "Distances",
    xTitle: "distance",
    bars: [{ title: EVIL, value: 0.7 }, { title: "b", value: 34 }],
  }],
  lines: [{
    name: "loss",
    title: "Loss",
    xTitle: "step",
    yTitle: EVIL,
    style: "noisy",
    series: [{ title: EVIL, x: [1, 2, 3], y: [3, 2.5, 1] }],
  }],
  recipes: [{
    artifact: "vae",
    recipe: { stage: "train-vae", options: { note: EVIL, steps: 3 } },
  }],
  machine: { Processor: EVIL },
  notes: [EVIL],
};

Deno.test("reportHtml() escapes everything it is given", async () => {
  const page = await reportHtml(REPORT);
  assert.ok(!page.includes("<script"));
  assert.ok(!page.includes("&'"));
});

Deno.test("reportHtml() needs nothing from outside", async () => {
  const page = await reportHtml(REPORT);
  const sources = [...page.matchAll(/(?:src|href)="([^"]*)"/g)];
  assert.deepEqual(sources.map(([, url]) => url), [
    "data:image/png;base64,iVBORw==",
  ]);
  assert.ok(!/url\(|@import|<link/.test(page));
});

Deno.test("reportHtml() leaves out sections that hold nothing", async () => {
  const page = await reportHtml({
    title: "T",
    lead: "",
    headlines: [],
    pictures: [],
    tables: [],
    bars: [],
    lines: [],
    recipes: [],
    machine: {},
    notes: [],
  });
  assert.ok(!page.includes("<h2>"));
  assert.ok(!page.includes("undefined"));
});

Deno.test("reportJson() holds the figures of the tables and charts", () => {
  const report = JSON.parse(reportJson(REPORT));
  assert.equal(report.tables.sets.floor.distance, 0.7);
  assert.equal(report.tables.sets.samples.distance, null);
  assert.deepEqual(report.lines.loss[EVIL].y, [3, 2.5, 1]);
  assert.equal(report.bars.distances.b, 34);
  assert.equal(report.recipes.vae.stage, "train-vae");
});

Deno.test("lineChartSvg() draws each series and repeats itself exactly", async () => {
  const chart = {
    ...REPORT.lines[0]!,
    series: [
      { title: "a", x: [1, 2], y: [1, 2] },
      { title: "b", x: [1, 2], y: [2, 1] },
    ],
  };
  const svg = await lineChartSvg(chart);
  assert.match(svg, /^<svg /);
  assert.equal(svg, await lineChartSvg(chart));
  const wrong = { ...chart, series: [{ title: "a", x: [1], y: [1, 2] }] };
  await assert.rejects(lineChartSvg(wrong), TypeError);
});

Deno.test("barChartSvg() refuses what a logarithm cannot show", async () => {
  const chart = { ...REPORT.bars[0]!, bars: [{ title: "zero", value: 0 }] };
  await assert.rejects(barChartSvg(chart), RangeError);
});

Deno.test("html`` escapes values and keeps markup", () => {
  const inner = html`<b>${"<"}</b>`;
  assert.equal(
    html`<p>${inner}${["&", 1]}</p>`.text,
    "<p><b>&lt;</b>&amp;1</p>",
  );
});

Deno.test("escapeHtml() leaves no character with a meaning", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      assert.ok(!/[<>"']|&(?!(amp|lt|gt|quot|#39);)/.test(escapeHtml(text)));
    }),
  );
});

Deno.test("numberText() shows figures as a person reads them", () => {
  assert.equal(numberText(158), "158");
  assert.equal(numberText(0.7, 2), "0.70");
  assert.equal(numberText(-1.23456), "−1.235");
  assert.equal(numberText(null), "–");
  assert.equal(numberText(Infinity), "∞");
  assert.equal(numberText(NaN, 2), "–");
});

Deno.test("thinned() and smoothed() keep constants and length rules", () => {
  const x = Float32Array.from({ length: 1000 }, (_, k) => k);
  const line = { title: "a", x, y: new Float32Array(1000).fill(2) };
  const thin = thinned(line);
  assert.ok(thin.y.length <= 240);
  assert.equal(thin.x.length, thin.y.length);
  assert.ok(Array.from(smoothed(thin).y).every((value) => value === 2));
});
