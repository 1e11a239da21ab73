import type { ArtifactReader } from "../../artifact/mod.ts";
import {
  readTrainingLog,
  type RecipeEntry,
  type Report,
  type TrainingLog,
} from "../../report/mod.ts";
import { trainingCurves } from "./curves.ts";
import { diagnosticCharts } from "./diagnostics.ts";
import type { Grid } from "./grids.ts";
import { describeMachine } from "./machine.ts";
import { readMetrics, readNearest } from "./metrics.ts";
import {
  classTable,
  distanceBars,
  headlines,
  nearestHistogram,
  nearestTable,
  reconstructionTable,
  setTable,
} from "./tables.ts";

/** What the page is made of. */
export interface Parts {
  readonly title: string;
  readonly metrics: ArtifactReader;
  readonly diagnostics: ArtifactReader | undefined;
  /** The trained models, by the names of the stage's inputs. */
  readonly models: Readonly<Record<string, ArtifactReader>>;
  /** Every artifact of the run, whose recipes are shown. */
  readonly artifacts: Readonly<Record<string, ArtifactReader | undefined>>;
  readonly samples: Grid;
  readonly reconstructions: Grid;
  /** Licences of the images. */
  readonly licences: readonly string[];
}

/** Puts the page together from figures, logs and grids. */
export async function composeReport(parts: Parts): Promise<Report> {
  const metrics = readMetrics(parts.metrics);
  const nearest = await readNearest(parts.metrics);
  const logs: Record<string, TrainingLog> = {};
  for (const [name, reader] of Object.entries(parts.models)) {
    logs[name] = await readTrainingLog(reader);
  }
  const recipes = recipesOf(parts.artifacts);
  return {
    title: parts.title,
    lead: `${metrics.classes.length} classes: ${metrics.classes.join(", ")}. ` +
      "A spherical VAE, an autoregressive transformer and its diffusion " +
      "head, trained from nothing by the recipe below.",
    headlines: headlines(metrics),
    pictures: picturesOf(parts),
    tables: [
      setTable(metrics),
      reconstructionTable(metrics),
      nearestTable(metrics, nearest),
      classTable(metrics),
    ],
    bars: [distanceBars(metrics)],
    lines: [
      nearestHistogram(nearest),
      ...trainingCurves(logs),
      ...parts.diagnostics ? await diagnosticCharts(parts.diagnostics) : [],
    ],
    recipes,
    machine: { ...describeMachine(), Engine: enginesOf(recipes) },
    notes: [...NOTES, ...parts.licences.map((text) => `Images: ${text}.`)],
  };
}

const NOTES = [
  "Frechet distance: of Gaussians fitted to the small classifier's features " +
  "(Heusel et al. 2017, equation 6, in float64). The features are not " +
  "Inception's, so no figure here is an FID or comparable with one.",
  "Precision: share of the set inside the manifold of the training images; " +
  "recall: share of the training images inside the manifold of the set " +
  "(Kynkäänniemi et al. 2019).",
  "PSNR: 10 log10(255² / mse) of each image, then the mean. SSIM: Wang et " +
  "al. 2004, Gaussian window 11, sigma 1.5, each RGB channel, then the mean.",
  "The classifier was trained on the same training images and favours plain " +
  "prototypes: samples above held-out accuracy are typical, not better.",
];

function picturesOf({ samples, reconstructions }: Parts) {
  return [
    {
      name: "samples",
      title: "Samples",
      caption: "One row a class, unselected.",
      png: samples.plain,
      rows: samples.rows,
    },
    {
      name: "reconstructions",
      title: "Reconstructions",
      caption: "Images chosen by chance, each above what the S-VAE made of it.",
      png: reconstructions.plain,
      rows: reconstructions.rows,
    },
  ];
}

function recipesOf(artifacts: Parts["artifacts"]): RecipeEntry[] {
  return Object.entries(artifacts).flatMap(([artifact, reader]) =>
    reader?.recipe === undefined ? [] : [{ artifact, recipe: reader.recipe }]
  );
}

function enginesOf(recipes: readonly RecipeEntry[]): string {
  const names = recipes.map(({ recipe }) => recipe.engine)
    .filter((name) => typeof name === "string" && name !== "none");
  return [...new Set(names)].join(", ") || "none";
}
