import { type ArtifactReader, UserError } from "../../artifact/mod.ts";
import { readSet } from "../evaluate/mod.ts";
import { stringsOf } from "../sets/mod.ts";
import { readMetrics } from "./metrics.ts";
import {
  type BeforeAndAfter,
  classGrid,
  type Grid,
  reconstructionGrid,
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
  const pairs = await pairsOf(inputs);
  return {
    samples: samples && await sampleGrid(samples, inputs.metrics),
    reconstructions: pairs.length === 0
      ? undefined
      : await reconstructionGrid(pairs, seed),
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
  return await classGrid(await readSet(samples, rule), classes);
}

function sizeOf(images: ArtifactReader): number {
  return images.sizes.height ?? 0;
}

/** Sets that are there with what was made of them. */
async function pairsOf(inputs: GridInputs): Promise<BeforeAndAfter[]> {
  const named = [
    ["held-out", inputs.heldout, inputs.reconstructions],
    ["training", inputs.train, inputs.trainReconstructions],
  ] as const;
  const pairs: BeforeAndAfter[] = [];
  for (const [title, images, copies] of named) {
    if (images === undefined || copies === undefined) continue;
    const classes = stringsOf(images, "classes").length;
    const rule = { size: sizeOf(images), classes };
    const before = await readSet(images, rule);
    const after = await readSet(copies, rule);
    if (before.count !== after.count) {
      throw new UserError(
        `Cannot show reconstructions: ${after.count} belong to ` +
          `${before.count} ${title} images, expected one for each`,
      );
    }
    pairs.push({ title, before, after });
  }
  return pairs;
}
