import {
  openDataset,
  openEncoded,
  openingOf,
  type Store,
} from "../../../datasets/mod.ts";
import type { StageSummary } from "../../pipeline/mod.ts";
import { prepareEncoded } from "./encoded.ts";
import { ORIGINAL, writeFiles } from "./file_store.ts";
import { withFlips } from "./flips.ts";
import { writeIndex } from "./index_store.ts";
import { preparePixels } from "./pixels.ts";
import { RESIZED } from "./resized.ts";
import type { Settled } from "./settled.ts";
import type { Preparing } from "./splits.ts";

/** How a dataset is prepared for each store. */
const PREPARE: Readonly<
  Record<
    Store,
    (settled: Settled, preparing: Preparing) => Promise<StageSummary>
  >
> = {
  async pixels(settled, preparing) {
    const { size } = settled;
    return await preparePixels(await decoded(settled), { ...preparing, size });
  },
  original: (settled, preparing) =>
    prepareEncoded(
      settled,
      preparing,
      (slot, split) => writeFiles(slot, split, ORIGINAL),
    ),
  resized: (settled, preparing) =>
    prepareEncoded(
      settled,
      preparing,
      (slot, split) => writeFiles(slot, split, RESIZED),
    ),
  index: (settled, preparing) => prepareEncoded(settled, preparing, writeIndex),
};

/**
 * Prepares a dataset.
 *
 * @throws {UserError} where it cannot be opened, or nothing is left to train on
 */
export async function prepareDataset(
  settled: Settled,
  preparing: Omit<Preparing, "name">,
): Promise<StageSummary> {
  const { store, dataset: name } = settled;
  return await PREPARE[store](settled, { ...preparing, name });
}

/**
 * Opens a dataset where that fetches and indexes nothing, for dry runs.
 *
 * @throws {UserError} where it cannot be opened
 */
export async function checkDataset(settled: Settled): Promise<void> {
  if (openingOf(settled.dataset) !== "lists") return;
  if (settled.store === "pixels") {
    await decoded(settled);
    return;
  }
  const { dataset, labels, flip } = settled;
  const encoded = await openEncoded(dataset, { labels });
  withFlips(encoded, flip);
  encoded.close();
}

/** The dataset that options choose, with the flips that they say. */
async function decoded({ dataset, heldoutShare, flip, ...how }: Settled) {
  const found = await openDataset(dataset, { heldout: heldoutShare, ...how });
  return withFlips(found, flip);
}
