import { resolve } from "node:path";
import type { PipelineSpec, StageSpec } from "../../lib/pipeline/mod.ts";
import { type PresetName, PRESETS } from "../../lib/preset/mod.ts";

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
    stages: stagesOf(preset),
  };
}

/** The whole reproduction: from pictures to figures. */
function stagesOf(preset: PresetName): Record<string, StageSpec> {
  const { dataset, heldout, vae: { image_size } } = PRESETS[preset];
  const options = { preset };
  const svae = "train-vae.svae";
  const models = { ar: "train-ar.ar", svae };
  return {
    prepare: { options: { dataset, size: image_size, heldoutShare: heldout } },
    "train-vae": { options, inputs: { images: "prepare.train" } },
    reconstruct: { inputs: { svae, images: "prepare.heldout" } },
    "reconstruct-train": {
      uses: "reconstruct",
      inputs: { svae, images: "prepare.train" },
    },
    cache: { options, inputs: { svae, images: "prepare.train" } },
    "train-ar": { options, inputs: { latents: "cache.latents" } },
    sample: { options, inputs: models },
    "sample-untrained": {
      uses: "sample",
      options: { preset, untrained: true },
      inputs: models,
    },
    "train-classifier": { options, inputs: { images: "prepare.train" } },
    evaluate: {
      inputs: {
        samples: "sample.samples",
        classifier: "train-classifier.classifier",
        train: "prepare.train",
        heldout: "prepare.heldout",
        reconstructions: "reconstruct.reconstructions",
        trainReconstructions: "reconstruct-train.reconstructions",
        untrained: "sample-untrained.samples",
      },
    },
  };
}
