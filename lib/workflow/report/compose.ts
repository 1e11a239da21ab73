import type { ArtifactReader } from "../../artifact/mod.ts";
import {
  type Picture,
  readTrainingLog,
  type RecipeEntry,
  type Report,
  type TrainingLog,
} from "../../report/mod.ts";
import { stringsOf } from "../sets/mod.ts";
import { readSweep, sweepParts } from "../sweep/mod.ts";
import { trainingCurves } from "./curves.ts";
import { diagnosticCharts } from "./diagnostics.ts";
import type { Grids } from "./draw.ts";
import { areEvaluated, evaluatedParts } from "./evaluated.ts";
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
export interface Parts extends Grids {
  readonly title: string;
  readonly metrics: ArtifactReader | undefined;
  readonly diagnostics: ArtifactReader | undefined;
  /** What a sweep found. */
  readonly sweep: ArtifactReader | undefined;
  /** The trained models, by the names of the stage's inputs. */
  readonly models: Readonly<Record<string, ArtifactReader | undefined>>;
  /** Every artifact of the run, whose recipes are shown. */
  readonly artifacts: Readonly<Record<string, ArtifactReader | undefined>>;
}

/** Puts the page together from the figures, logs and grids that are there. */
export async function composeReport(parts: Parts): Promise<Report> {
  const { title, diagnostics } = parts;
  const measured = parts.metrics && await measuredParts(parts.metrics);
  const swept = parts.sweep && sweepParts(readSweep(parts.sweep));
  const recipes = [...recipesOf(parts.artifacts), ...swept?.recipes ?? []];
  const { classes = [], headlines = [], tables = [], bars = [] } = measured ??
    {};
  const isTrained = Object.values(parts.models).some((one) =>
    one !== undefined
  );
  const named = classes.length === 0
    ? ""
    : `${classes.length} classes: ${classes.join(", ")}. `;
  return {
    title,
    lead: `${named}A spherical VAE, an autoregressive transformer and its ` +
      `diffusion head${isTrained ? TRAINED : ""}.`,
    headlines: [...headlines, ...swept?.headlines ?? []],
    pictures: picturesOf(parts),
    tables: [...tables, ...swept?.tables ?? []],
    bars,
    lines: [
      ...measured?.lines ?? [],
      ...swept?.lines ?? [],
      ...trainingCurves(await logsOf(parts.models)),
      ...diagnostics ? await diagnosticCharts(diagnostics) : [],
    ],
    recipes,
    machine: { ...describeMachine(), Engine: enginesOf(recipes) },
    notes: [
      ...measured?.notes ?? [],
      ...swept?.notes ?? [],
      ...licencesOf(parts.artifacts).map((text) => `Images: ${text}.`),
    ],
  };
}

/** What may be said of models whose recipes are shown. */
const TRAINED = ", trained from nothing by the recipe below";

/** Parts of a page that come of figures. */
type MeasuredParts =
  & Pick<Report, "headlines" | "tables" | "bars" | "lines" | "notes">
  & { readonly classes: readonly string[] };

/** What the page shows of an evaluation, of a run or of any sets. */
async function measuredParts(reader: ArtifactReader): Promise<MeasuredParts> {
  if (areEvaluated(reader)) {
    return { classes: [], bars: [], lines: [], ...evaluatedParts(reader) };
  }
  const metrics = readMetrics(reader);
  const nearest = await readNearest(reader);
  return {
    classes: metrics.classes,
    headlines: headlines(metrics),
    tables: [
      setTable(metrics),
      reconstructionTable(metrics),
      nearestTable(metrics, nearest),
      classTable(metrics),
    ],
    bars: [distanceBars(metrics)],
    lines: [nearestHistogram(nearest)],
    notes: NOTES,
  };
}

async function logsOf(
  models: Parts["models"],
): Promise<Record<string, TrainingLog>> {
  const logs: Record<string, TrainingLog> = {};
  for (const [name, reader] of Object.entries(models)) {
    if (reader !== undefined) logs[name] = await readTrainingLog(reader);
  }
  return logs;
}

/** Licences of the images that the page shows. */
function licencesOf({ heldout, train }: Parts["artifacts"]): string[] {
  const images = [heldout, train].find((reader) =>
    reader !== undefined && "licences" in reader.config
  );
  return images === undefined ? [] : stringsOf(images, "licences");
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

function picturesOf({ samples, reconstructions }: Grids): Picture[] {
  const named = [
    {
      name: "samples",
      title: "Samples",
      caption: "One row a class, unselected.",
      grid: samples,
    },
    {
      name: "reconstructions",
      title: "Reconstructions",
      caption: "Images chosen by chance, each above what the S-VAE made of it.",
      grid: reconstructions,
    },
  ];
  return named.flatMap(({ grid, ...words }) =>
    grid === undefined ? [] : [{ ...words, png: grid.plain, rows: grid.rows }]
  );
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
