import { z } from "zod";
import { defineStage } from "../lib/pipeline/mod.ts";

const IMAGES = ["images", "samples"] as const;

/** Writes the report of a run: grids, curves, figures, recipe, machine. */
export const stage = defineStage({
  name: "report",
  summary: "Write grids, report.html and report.json of a run",
  examples: [{
    does: "the page of a run, its figures and its grids",
    args:
      "--metrics metrics.safetensors --samples samples.safetensors --heldout heldout.safetensors --reconstructions copies.safetensors --svae svae.safetensors --ar ar.safetensors --classifier classifier.safetensors -o report.html --figures report.json --samples-grid samples.png --reconstructions-grid copies.png",
  }],
  version: 1,
  inputs: {
    metrics: { kind: "metrics", help: "what evaluate measured" },
    samples: { kind: IMAGES, help: "samples to show" },
    heldout: { kind: "images", help: "images that training never saw" },
    reconstructions: {
      kind: IMAGES,
      help: "reconstructions of the held-out images, in their order",
    },
    train: {
      kind: "images",
      help: "images that were trained on",
      optional: true,
    },
    trainReconstructions: {
      kind: IMAGES,
      help: "reconstructions of the training images, in their order",
      optional: true,
    },
    diagnostics: {
      kind: "diagnostics",
      help: "what diagnose measured",
      optional: true,
    },
    svae: { kind: "svae", help: "S-VAE, for its log" },
    ar: { kind: "ar", help: "AR model, for its log" },
    classifier: { kind: "classifier", help: "classifier, for its log" },
  },
  outputs: {
    html: { kind: "file", extension: "html", help: "the page" },
    figures: { kind: "file", extension: "json", help: "the page's figures" },
    samplesGrid: { kind: "file", extension: "png", help: "grid of samples" },
    reconstructionsGrid: {
      kind: "file",
      extension: "png",
      help: "grid of reconstructions",
    },
  },
  options: z.object({
    title: z.string().default("SphereAR").describe("title of the page"),
  }),
  async run({ inputs, outputs, options, seed, signal }) {
    const { composeReport, drawGrids } = await import(
      "../lib/workflow/report/mod.ts"
    );
    const { reportHtml, reportJson } = await import("../lib/report/mod.ts");
    const { svae, ar, classifier, train, heldout, ...rest } = inputs;
    const models = { svae, ar, classifier };
    const { grids, licences } = await drawGrids(inputs, seed);
    signal.throwIfAborted();
    const report = await composeReport({
      title: options.title,
      metrics: inputs.metrics,
      diagnostics: inputs.diagnostics,
      models,
      artifacts: { train, heldout, ...models, ...rest },
      ...grids,
      licences,
    });
    await outputs.samplesGrid.writeFile(grids.samples.labelled);
    await outputs.reconstructionsGrid.writeFile(grids.reconstructions.labelled);
    await outputs.figures.writeFile(reportJson(report));
    await outputs.html.writeFile(await reportHtml(report));
    const figures = report.headlines.map(({ title, value }) => [title, value]);
    return Object.fromEntries(figures);
  },
});
