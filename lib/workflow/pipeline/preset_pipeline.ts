import { basename, resolve } from "node:path";
import { openArtifact, UserError } from "../../artifact/mod.ts";
import { isRemoteWord } from "../../official/mod.ts";
import type { PipelineSpec, StageSpec } from "../../pipeline/mod.ts";
import {
  requireSection,
  type ResolvedPreset,
  resolvePreset,
  sectionOf,
} from "../../preset/checked.ts";
import { PRESET_FILE } from "../../preset/mod.ts";
import { checkPerceptualFile, USES, type Uses } from "../options/mod.ts";

/** Which preset runs, where, and with which seed. */
export interface PresetRun {
  /** A name of the table, or the path of a preset file. */
  readonly preset: string;
  /** Numbers in place of the preset's, as `path=value`. */
  readonly set?: readonly string[] | undefined;
  /** Run folder; default `runs/PRESET`. */
  readonly folder?: string | undefined;
  readonly seed: number;
  /** Weights for the perceptual term of the S-VAE. */
  readonly perceptual?: string | undefined;
}

/** What a run needs that a preset may leave out. */
const NEEDED = [
  "dataset",
  "heldout",
  ...Object.values(USES).flatMap((uses) => Object.values(uses)),
] as const;

/** @throws {UserError} where a preset says nothing of what a run needs */
function requireSections({ name, numbers }: ResolvedPreset): void {
  const missing = [...new Set(NEEDED)]
    .filter((section) => numbers[section] === undefined);
  if (missing.length === 0) return;
  const place = PRESET_FILE.test(name)
    ? "that file"
    : `a preset file with extends = "${name}"`;
  throw new UserError(
    `Cannot run preset "${name}" as a pipeline: it says nothing of ` +
      `${
        missing.join(", ")
      }; say it in ${place}, as docs/pipelines.md shows, ` +
      "or run single stages",
  );
}

/** Options that choose the numbers of a stage. */
type Choose = (stage: string) => Readonly<Record<string, unknown>>;

/**
 * The pipeline of a preset, in the same form as a pipeline file.
 *
 * @throws {UserError} where the preset does not fit, or has not all sections
 */
export async function presetPipeline(
  { preset, set = [], folder, seed, perceptual }: PresetRun,
): Promise<PipelineSpec> {
  const resolved = await resolvePreset({ preset, set });
  requireSections(resolved);
  const weights = await perceptualInput(resolved, perceptual);
  const title = basename(preset).replace(PRESET_FILE, "");
  const path = PRESET_FILE.test(preset) ? resolve(preset) : preset;
  const choose: Choose = (stage) => {
    const own = settingsOf(stage, set);
    return { preset: path, ...own.length > 0 && { set: own } };
  };
  return {
    name: `Preset "${path}"`,
    base: ".",
    folder: resolve(folder ?? `runs/${title}`),
    seed,
    stages: {
      prepare: prepareStage(resolved),
      ...trainingStages(weights, choose),
      ...imageStages(choose("sample")),
      ...measuringStages(title),
    },
  };
}

/** Those of some settings that a stage takes. */
function settingsOf(stage: string, set: readonly string[]): readonly string[] {
  const uses = (USES as Readonly<Record<string, Uses>>)[stage] ?? {};
  const sections: readonly string[] = Object.values(uses);
  return set.filter((text) => sections.includes(sectionOf(text)));
}

function prepareStage(preset: ResolvedPreset): StageSpec {
  return {
    options: {
      dataset: requireSection(preset, "dataset"),
      size: requireSection(preset, "vae").image_size,
      heldoutShare: requireSection(preset, "heldout"),
    },
    outputs: { train: "train.safetensors", heldout: "heldout.safetensors" },
  };
}

function trainingStages(
  perceptual: Readonly<Record<string, string>>,
  choose: Choose,
): Record<string, StageSpec> {
  const images = "prepare.train";
  return {
    "train-vae": {
      inputs: { images, ...perceptual },
      options: choose("train-vae"),
      outputs: { svae: "svae.safetensors" },
    },
    cache: {
      inputs: { svae: "train-vae.svae", images },
      options: choose("cache"),
      outputs: { latents: "latents.safetensors" },
    },
    "train-ar": {
      inputs: { latents: "cache.latents" },
      options: choose("train-ar"),
      outputs: { ar: "ar.safetensors" },
    },
    "train-classifier": {
      inputs: { images },
      options: choose("train-classifier"),
      outputs: { classifier: "classifier.safetensors" },
    },
  };
}

/**
 * Weights of the S-VAE's perceptual term: those that are given, or the run's own
 * classifier where the term is of its features.
 *
 * @throws {UserError} where they are needed and not given, given and not needed,
 *   or not there
 */
async function perceptualInput(
  preset: ResolvedPreset,
  given: string | undefined,
): Promise<{ readonly perceptual?: string }> {
  const { perceptual } = requireSection(preset, "vaeTraining");
  const isOwn = perceptual?.network === "classifier" && perceptual.weight > 0;
  const own = isOwn ? "train-classifier.classifier" : undefined;
  const isRemote = given !== undefined && isRemoteWord(given);
  const path = given === undefined || isRemote ? given : resolve(given);
  const file = path ?? own;
  checkPerceptualFile(perceptual, { file, section: "vaeTraining" });
  // Told before pictures are prepared, which may take hours.
  if (given !== undefined && !isRemote) (await openArtifact(given)).close();
  return file === undefined ? {} : { perceptual: file };
}

function imageStages(options: ReturnType<Choose>): Record<string, StageSpec> {
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
    diagnose: {
      inputs: { latents: "cache.latents", ar: "train-ar.ar" },
      options,
      outputs: { diagnostics: "diagnostics.safetensors" },
    },
    sample: {
      inputs: models,
      options,
      outputs: { samples: "samples.safetensors" },
    },
    "sample-like-heldout": {
      uses: "sample",
      inputs: { ...models, like: "prepare.heldout" },
      options,
      outputs: { samples: "samples_like_heldout.safetensors" },
    },
    "sample-untrained": {
      uses: "sample",
      inputs: { ...models, like: "prepare.heldout" },
      options: { ...options, untrained: true },
      outputs: { samples: "untrained.safetensors" },
    },
  };
}

function measuringStages(title: string): Record<string, StageSpec> {
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
      uses: "evaluate-run",
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
        diagnostics: "diagnose.diagnostics",
        svae: "train-vae.svae",
        ar: "train-ar.ar",
        classifier,
      },
      options: { title: `SphereAR, preset ${title}` },
      outputs: {
        html: "report.html",
        figures: "report.json",
        samplesGrid: "samples.png",
        reconstructionsGrid: "reconstructions.png",
      },
    },
  };
}
