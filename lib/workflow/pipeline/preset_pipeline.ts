import { basename, resolve } from "node:path";
import { openArtifact } from "../../artifact/mod.ts";
import { isRemoteWord } from "../../official/mod.ts";
import type { PipelineSpec } from "../../pipeline/mod.ts";
import {
  requireSection,
  type ResolvedPreset,
  resolvePreset,
  sectionOf,
} from "../../preset/checked.ts";
import { PRESET_FILE } from "../../preset/mod.ts";
import { checkPerceptualFile, USES, type Uses } from "../options/mod.ts";
import {
  isTokenizer,
  type Measure,
  measureOf,
  placed,
  type PresetRun,
  requireSections,
} from "./preset_run.ts";
import { placeOf, type RunSets, runSets, type Stages } from "./sets.ts";

/** Options that choose the numbers of a stage. */
type Choose = (stage: string) => Readonly<Record<string, unknown>>;

/** What the stages of a run are made of. */
interface RunParts {
  readonly sets: RunSets;
  readonly choose: Choose;
  /** Height and width of the images. */
  readonly size: number;
  readonly title: string;
}

/**
 * The pipeline of a preset, in the same form as a pipeline file. That of a
 * tokenizer ends with its reconstructions.
 *
 * @throws {UserError} where the preset does not fit, or has not all sections
 */
export async function presetPipeline(run: PresetRun): Promise<PipelineSpec> {
  const { preset, set = [], folder, seed } = run;
  const resolved = await resolvePreset({ preset, set });
  requireSections(resolved, run);
  const measure = measureOf(resolved, run);
  const perceptual = await perceptualInput(resolved, run);
  const title = basename(preset).replace(PRESET_FILE, "");
  const path = PRESET_FILE.test(preset) ? resolve(preset) : preset;
  const choose: Choose = (stage) => {
    const own = settingsOf(stage, set);
    return { preset: path, ...own.length > 0 && { set: own } };
  };
  const sets = await runSets(resolved, run);
  const { image_size: size } = requireSection(resolved, "vae");
  const parts = { sets, choose, size, title };
  const tokenizer = {
    ...sets.stages,
    "train-vae": vaeStage(parts, perceptual),
  };
  const reconstructions = reconstructionStages(parts);
  return {
    name: `Preset "${path}"`,
    base: ".",
    folder: resolve(folder ?? `runs/${title}`),
    seed,
    stages: isTokenizer(resolved)
      ? {
        ...tokenizer,
        ...reconstructions,
        ...measure && tokenizerFigures(parts, measure),
        report: tokenizerReport(parts, measure),
      }
      : {
        ...tokenizer,
        ...trainingStages(parts),
        ...reconstructions,
        ...imageStages(parts),
        ...measuringStages(parts),
        ...measure && figureStages(measure),
        ...demoStages(parts),
      },
  };
}

/** Those of some settings that a stage takes. */
function settingsOf(stage: string, set: readonly string[]): readonly string[] {
  const uses = (USES as Readonly<Record<string, Uses>>)[stage] ?? {};
  const sections: readonly string[] = Object.values(uses);
  return set.filter((text) => sections.includes(sectionOf(text)));
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
  { perceptual: given, dryRun = false }: PresetRun,
): Promise<{ readonly perceptual?: string }> {
  const { perceptual } = requireSection(preset, "vaeTraining");
  const isOwn = perceptual?.network === "classifier" && perceptual.weight > 0;
  const own = isOwn ? "train-classifier.classifier" : undefined;
  const file = given === undefined ? own : placed(given);
  // Who asks what a run takes has not imported its weights yet.
  if (dryRun && file === undefined) return {};
  checkPerceptualFile(perceptual, { file, section: "vaeTraining" });
  // Told before pictures are prepared, which may take hours.
  if (given !== undefined && !isRemoteWord(given)) {
    (await openArtifact(given)).close();
  }
  return file === undefined ? {} : { perceptual: file };
}

function vaeStage(
  { sets: { whole, compared, isLarge }, choose }: RunParts,
  perceptual: Readonly<Record<string, string>>,
): Stages[string] {
  return {
    inputs: {
      images: whole.train,
      ...isLarge && { heldout: compared.heldout },
      ...perceptual,
    },
    options: choose("train-vae"),
    outputs: { svae: "svae.safetensors" },
  };
}

function reconstructionStages({ sets: { compared } }: RunParts): Stages {
  const svae = "train-vae.svae";
  return {
    reconstruct: {
      inputs: { svae, images: compared.heldout },
      outputs: { reconstructions: "reconstructions.safetensors" },
    },
    "reconstruct-train": {
      uses: "reconstruct",
      inputs: { svae, images: compared.train },
      outputs: { reconstructions: "train_reconstructions.safetensors" },
    },
  };
}

function trainingStages(
  { sets: { whole, isLarge }, choose, size }: RunParts,
): Stages {
  return {
    cache: {
      inputs: { svae: "train-vae.svae", images: whole.train },
      options: choose("cache"),
      outputs: { latents: placeOf("latents", isLarge) },
    },
    "train-ar": {
      inputs: { latents: "cache.latents" },
      options: choose("train-ar"),
      outputs: { ar: "ar.safetensors" },
    },
    "train-classifier": {
      inputs: { images: whole.train },
      options: { ...choose("train-classifier"), ...isLarge && { size } },
      outputs: { classifier: "classifier.safetensors" },
    },
  };
}

function imageStages({ sets, choose }: RunParts): Stages {
  const models = { ar: "train-ar.ar", svae: "train-vae.svae" };
  const { heldout } = sets.compared;
  const images = sets.comparedTrain;
  const options = choose("sample");
  return {
    diagnose: {
      inputs: { latents: "cache.latents", ar: "train-ar.ar" },
      options: { ...options, ...images !== undefined && { images } },
      outputs: { diagnostics: "diagnostics.safetensors" },
    },
    sample: {
      inputs: models,
      options,
      outputs: { samples: "samples.safetensors" },
    },
    "sample-like-heldout": {
      uses: "sample",
      inputs: { ...models, like: heldout },
      options,
      outputs: { samples: "samples_like_heldout.safetensors" },
    },
    "sample-untrained": {
      uses: "sample",
      inputs: { ...models, like: heldout },
      options: { ...options, untrained: true },
      outputs: { samples: "untrained.safetensors" },
    },
  };
}

/** What reports and evaluations read. */
function shownOf({ sets: { compared } }: RunParts) {
  return {
    train: compared.train,
    heldout: compared.heldout,
    reconstructions: "reconstruct.reconstructions",
    trainReconstructions: "reconstruct-train.reconstructions",
  };
}

/** The samples as published figures measure them. */
function figureStages(measure: Measure): Stages {
  return {
    "evaluate-samples": {
      uses: "evaluate",
      inputs: { samples: "sample.samples", ...measure },
      outputs: { metrics: "samples_metrics.safetensors" },
    },
  };
}

function measuringStages(parts: RunParts): Stages {
  const images = { samples: "sample.samples", ...shownOf(parts) };
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
      options: { title: `SphereAR, preset ${parts.title}` },
      outputs: {
        html: "report.html",
        figures: "report.json",
        samplesGrid: "samples.png",
        reconstructionsGrid: "reconstructions.png",
      },
    },
  };
}

/** A page that samples what was trained, where that is small. */
function demoStages({ sets: { isLarge }, choose, title }: RunParts): Stages {
  if (isLarge) return {};
  const demo = {
    inputs: { ar: "train-ar.ar", svae: "train-vae.svae" },
    options: { ...choose("sample"), title },
    outputs: { page: "demo.html" },
  };
  return { demo };
}

/** Reconstructions by the images that they are of: rFID, PSNR, SSIM. */
function tokenizerFigures(
  { sets: { compared } }: RunParts,
  measure: Measure,
): Stages {
  return {
    "evaluate-reconstructions": {
      uses: "evaluate",
      inputs: {
        reconstructions: "reconstruct.reconstructions",
        reference: compared.heldout,
        ...measure,
      },
      outputs: { metrics: "reconstructions_metrics.safetensors" },
    },
  };
}

function tokenizerReport(
  parts: RunParts,
  measure: Measure | undefined,
): Stages[string] {
  return {
    inputs: {
      ...shownOf(parts),
      svae: "train-vae.svae",
      ...measure && { metrics: "evaluate-reconstructions.metrics" },
    },
    options: { title: `S-VAE, preset ${parts.title}` },
    outputs: {
      html: "report.html",
      figures: "report.json",
      reconstructionsGrid: "reconstructions.png",
    },
  };
}
