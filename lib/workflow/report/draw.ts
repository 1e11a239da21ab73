import { type ArtifactReader, UserError } from "../../artifact/mod.ts";
import { readSet } from "../evaluate/mod.ts";
import { stringsOf } from "../sets/mod.ts";
import { readMetrics } from "./metrics.ts";
import { classGrid, type Grid, reconstructionGrid } from "./grids.ts";

/** The artifacts that grids are drawn from. */
export interface GridInputs {
  readonly metrics: ArtifactReader;
  readonly samples: ArtifactReader;
  readonly heldout: ArtifactReader;
  readonly reconstructions: ArtifactReader;
  readonly train: ArtifactReader | undefined;
  readonly trainReconstructions: ArtifactReader | undefined;
}

/** Draws both grids of a report. */
export async function drawGrids(
  inputs: GridInputs,
  seed: number,
): Promise<{
  grids: { samples: Grid; reconstructions: Grid };
  licences: string[];
}> {
  const { classes } = readMetrics(inputs.metrics);
  const rule = {
    size: inputs.samples.sizes.height ?? 0,
    classes: classes.length,
  };
  const read = (reader: ArtifactReader) => readSet(reader, rule);
  const { train, trainReconstructions } = inputs;
  const pairs = [{
    title: "held-out",
    before: await read(inputs.heldout),
    after: await read(inputs.reconstructions),
  }];
  if (train !== undefined && trainReconstructions !== undefined) {
    pairs.push({
      title: "training",
      before: await read(train),
      after: await read(trainReconstructions),
    });
  }
  for (const { title, before, after } of pairs) {
    if (before.count === after.count) continue;
    throw new UserError(
      `Cannot show reconstructions: ${after.count} belong to ` +
        `${before.count} ${title} images, expected one for each`,
    );
  }
  const grids = {
    samples: await classGrid(await read(inputs.samples), classes),
    reconstructions: await reconstructionGrid(pairs, seed),
  };
  const { heldout } = inputs;
  const licences = "licences" in heldout.config
    ? stringsOf(heldout, "licences")
    : [];
  return { grids, licences };
}
