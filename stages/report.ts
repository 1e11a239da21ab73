import { z } from "zod";
import { defineStage } from "../lib/pipeline/mod.ts";
import { openSweep } from "./_sweep.ts";

const IMAGES = ["images", "samples"] as const;

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
  async run(context) {
    const { runReport } = await import("../lib/workflow/report/mod.ts");
    return await runReport(context);
  },
});
