import { type ArtifactReader, UserError } from "../../artifact/mod.ts";
import { openSet } from "../evaluate/mod.ts";
import { stringsOf } from "../sets/mod.ts";
import { readMetrics } from "./metrics.ts";
import {
  classGrid,
  drawRows,
  type Grid,
  pairRows,
  type PictureRow,
} from "./grids.ts";

/** The artifacts that grids are drawn from, those that are there. */
export type GridInputs = Readonly<
  Record<
    | "metrics"
    | "samples"
    | "heldout"
    | "reconstructions"
    | "train"
    | "trainReconstructions",
    ArtifactReader | undefined
  >
>;

/** The grids of a report, where there are images for them. */
export interface Grids {
  readonly samples: Grid | undefined;
  readonly reconstructions: Grid | undefined;
}

/**
 * Draws the grids of a report: samples, and images over their reconstructions.
 *
 * @throws {UserError} where reconstructions are not one for each image
 */
export async function drawGrids(
  inputs: GridInputs,
  seed: number,
): Promise<Grids> {
  const { samples } = inputs;
  const rows = await reconstructionRows(inputs, seed);
  return {
    samples: samples && await sampleGrid(samples, inputs.metrics),
    reconstructions: rows.length === 0 ? undefined : await drawRows(rows),
  };
}

async function sampleGrid(
  samples: ArtifactReader,
  metrics: ArtifactReader | undefined,
): Promise<Grid> {
  const classes = metrics === undefined
    ? stringsOf(samples, "classes")
    : readMetrics(metrics).classes;
  const rule = { size: sizeOf(samples), classes: classes.length };
  using set = await openSet(samples, rule);
  return await classGrid(set, classes);
}

function sizeOf(images: ArtifactReader): number {
  return images.sizes.height ?? 0;
}

/** The rows of a grid of sets that are there with what was made of them. */
async function reconstructionRows(
  inputs: GridInputs,
  seed: number,
): Promise<readonly PictureRow[]> {
  const named = [
    ["held-out", inputs.heldout, inputs.reconstructions],
    ["training", inputs.train, inputs.trainReconstructions],
  ] as const;
  const rows: PictureRow[] = [];
  for (const [title, images, copies] of named) {
    if (images === undefined || copies === undefined) continue;
    const classes = stringsOf(images, "classes").length;
    // Images that are encoded are cut as they were for being reconstructed.
    const rule = { size: sizeOf(copies), classes };
    using before = await openSet(images, rule);
    using after = await openSet(copies, rule);
    if (before.count !== after.count) {
      throw new UserError(
        `Cannot show reconstructions: ${after.count} belong to ` +
          `${before.count} ${title} images, expected one for each`,
      );
    }
    rows.push(...await pairRows({ title, before, after }, seed));
  }
  return rows;
}
