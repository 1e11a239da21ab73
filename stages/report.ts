import { z } from "zod";
import { type ArtifactReader, UserError } from "../lib/artifact/mod.ts";
import { defineStage } from "../lib/pipeline/mod.ts";

const IMAGES = ["images", "samples"] as const;

/** Opens what a sweep found. */
async function openSweep(path: string): Promise<ArtifactReader> {
  const sweep = await import("../lib/workflow/sweep/mod.ts");
  return await sweep.openSweep(path);
}

/** Writes the report of a run: grids, curves, figures, recipe, machine. */
export const stage = defineStage({
  name: "report",
  summary: "Write grids, report.html and report.json of a run",
  examples: [{
    does: "the page of a run, its figures and its grids",
    args:
      "--metrics metrics.safetensors --samples samples.safetensors --heldout heldout.safetensors --reconstructions copies.safetensors --svae svae.safetensors --ar ar.safetensors --classifier classifier.safetensors -o report.html --figures report.json --samples-grid samples.png --reconstructions-grid copies.png",
  }, {
    does: "the page of what is there already: a training's curves and samples",
    args: "--ar ar.safetensors --samples samples.safetensors -o report.html",
  }, {
    does: "the same with a sweep's curves and table",
    args:
      "--ar ar.safetensors --samples samples.safetensors --sweep sweep/ -o report.html",
  }],
  version: 1,
  inputs: {
    metrics: {
      kind: "metrics",
      help: "what evaluate measured",
      optional: true,
    },
    samples: { kind: IMAGES, help: "samples to show", optional: true },
    heldout: {
      kind: "images",
      help: "images that training never saw",
      optional: true,
    },
    reconstructions: {
      kind: IMAGES,
      help: "reconstructions of the held-out images, in their order",
      optional: true,
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
    sweep: {
      kind: "metrics",
      foreign: openSweep,
      help: "what a sweep found: its folder, or its sweep.json",
      optional: true,
    },
    svae: { kind: "svae", help: "S-VAE, for its log", optional: true },
    ar: { kind: "ar", help: "AR model, for its log", optional: true },
    classifier: {
      kind: "classifier",
      help: "classifier, for its log",
      optional: true,
    },
  },
  outputs: {
    html: { kind: "file", extension: "html", help: "the page" },
    figures: {
      kind: "file",
      extension: "json",
      help: "the page's figures",
      optional: true,
    },
    samplesGrid: {
      kind: "file",
      extension: "png",
      help: "grid of samples",
      optional: true,
    },
    reconstructionsGrid: {
      kind: "file",
      extension: "png",
      help: "grid of reconstructions",
      optional: true,
    },
  },
  options: z.object({
    title: z.string().default("SphereAR").describe("title of the page"),
  }),
  async run({ inputs, outputs, options, seed, signal }) {
    const { composeReport, drawGrids, writeGrid } = await import(
      "../lib/workflow/report/mod.ts"
    );
    const { reportHtml, reportJson } = await import("../lib/report/mod.ts");
    const { svae, ar, classifier, metrics, diagnostics, sweep } = inputs;
    if (Object.values(inputs).every((reader) => reader === undefined)) {
      throw new UserError(
        "Cannot write a report of nothing: expected at least one input, such " +
          "as --metrics or --samples",
      );
    }
    const grids = await drawGrids(inputs, seed);
    const { samples, reconstructions } = grids;
    signal.throwIfAborted();
    const report = await composeReport({
      title: options.title,
      metrics,
      diagnostics,
      sweep,
      models: { svae, ar, classifier },
      artifacts: inputs,
      ...grids,
    });
    const { samplesGrid, reconstructionsGrid } = outputs;
    await writeGrid(samplesGrid, samples, { needs: "--samples" });
    await writeGrid(reconstructionsGrid, reconstructions, {
      needs: "--heldout with --reconstructions, or --train with theirs",
    });
    await outputs.figures?.writeFile(reportJson(report));
    await outputs.html.writeFile(await reportHtml(report));
    const figures = report.headlines.map(({ title, value }) => [title, value]);
    return Object.fromEntries(figures);
  },
});
