import { resolve } from "node:path";
import type { PipelineSpec, StageSpec } from "../../pipeline/mod.ts";
import { type PresetName, PRESETS } from "../../preset/mod.ts";

/** Where a preset runs, and with which seed. */
export interface PresetRun {
  /** Run folder; default `runs/PRESET`. */
  readonly folder?: string | undefined;
  readonly seed: number;
}

/** The pipeline of a preset, in the same form as a pipeline file. */
export function presetPipeline(
  preset: PresetName,
  { folder = `runs/${preset}`, seed }: PresetRun,
): PipelineSpec {
  return {
    name: `preset ${preset}`,
    base: ".",
    folder: resolve(folder),
    seed,
    stages: {
      ...trainingStages(preset),
      ...imageStages(preset),
      ...measuringStages(preset),
    },
  };
}

function trainingStages(preset: PresetName): Record<string, StageSpec> {
  const { dataset, vae, heldout } = PRESETS[preset];
  const size = vae.image_size;
  const images = "prepare.train";
  return {
    prepare: {
      options: { dataset, size, heldoutShare: heldout },
      outputs: { train: "train.safetensors", heldout: "heldout.safetensors" },
    },
    "train-vae": {
      inputs: { images },
      options: { preset },
      outputs: { svae: "svae.safetensors" },
    },
    cache: {
      inputs: { svae: "train-vae.svae", images },
      options: { preset },
      outputs: { latents: "latents.safetensors" },
    },
    "train-ar": {
      inputs: { latents: "cache.latents" },
      options: { preset },
      outputs: { ar: "ar.safetensors" },
    },
    "train-classifier": {
      inputs: { images },
      options: { preset },
      outputs: { classifier: "classifier.safetensors" },
    },
  };
}

function imageStages(preset: PresetName): Record<string, StageSpec> {
  const svae = "train-vae.svae";
  const models = { ar: "train-ar.ar", svae };
  return {
    reconstruct: {
      inputs: { svae, images: "prepare.heldout" },
      outputs: { reconstructions: "reconstructions.safetensors" },
    },
    "reconstruct-train": {
      uses: "reconstruct",
      inputs: { svae, images: "prepare.train" },
      outputs: { reconstructions: "train_reconstructions.safetensors" },
    },
    sample: {
      inputs: models,
      options: { preset },
      outputs: { samples: "samples.safetensors" },
    },
    "sample-like-heldout": {
      uses: "sample",
      inputs: { ...models, like: "prepare.heldout" },
      options: { preset },
      outputs: { samples: "samples_like_heldout.safetensors" },
    },
    "sample-untrained": {
      uses: "sample",
      inputs: { ...models, like: "prepare.heldout" },
      options: { preset, untrained: true },
      outputs: { samples: "untrained.safetensors" },
    },
  };
}

function measuringStages(preset: PresetName): Record<string, StageSpec> {
  const images = {
    samples: "sample.samples",
    train: "prepare.train",
    heldout: "prepare.heldout",
    reconstructions: "reconstruct.reconstructions",
    trainReconstructions: "reconstruct-train.reconstructions",
  };
  const classifier = "train-classifier.classifier";
  return {
    evaluate: {
      inputs: {
        ...images,
        // Distances see class shares too: these are those of real images.
        samples: "sample-like-heldout.samples",
        classifier,
        untrained: "sample-untrained.samples",
      },
      outputs: { metrics: "metrics.safetensors" },
    },
    report: {
      inputs: {
        ...images,
        metrics: "evaluate.metrics",
        svae: "train-vae.svae",
        ar: "train-ar.ar",
        classifier,
      },
      options: { title: `SphereAR, preset ${preset}` },
      outputs: {
        html: "report.html",
        figures: "report.json",
        samplesGrid: "samples.png",
        reconstructionsGrid: "reconstructions.png",
      },
    },
  };
}
