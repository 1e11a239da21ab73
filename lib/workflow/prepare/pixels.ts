import type { Dataset, Split } from "../../../datasets/mod.ts";
import type { SafetensorsWriter } from "../../artifact/mod.ts";
import type { OutputSlot, StageSummary } from "../../pipeline/mod.ts";
import {
  configOf,
  type Counts,
  type Preparing,
  requireTraining,
  SPLITS,
  summaryOf,
} from "./splits.ts";

/**
 * Decodes, crops and writes both splits of a dataset.
 *
 * @throws {UserError} where nothing is left to train on
 */
export async function preparePixels(
  dataset: Dataset,
  { name, size, outputs, log, ...tools }: Preparing & {
    /** Height and width of the images in pixels. */
    readonly size: number;
  },
): Promise<StageSummary> {
  if (dataset.skipped) log.warn(`Skipped ${dataset.skipped}`);
  const counts = countSplits(dataset);
  requireTraining(name, counts);
  // Both or none: no picture of the second split may be bad after the first.
  const written: SafetensorsWriter[] = [];
  try {
    for (const split of SPLITS) {
      const slot = outputs[split];
      if (slot === undefined) continue;
      const count = counts[split];
      const content = { dataset, split, count, written, size, ...tools };
      await writeSplit(slot, content);
    }
  } catch (error) {
    for (const writer of written) await writer.abort();
    throw error;
  } finally {
    dataset.close?.();
  }
  for (const writer of written) await writer.commit();
  return summaryOf(dataset, counts);
}

function countSplits({ entries }: Dataset): Counts {
  const heldout = entries.filter(({ split }) => split === "heldout").length;
  return { train: entries.length - heldout, heldout };
}

/** Writes the images of a split one by one, so that none waits in memory. */
async function writeSplit(
  slot: OutputSlot,
  { dataset, split, count, written, size, progress, signal }:
    & Pick<Preparing, "progress" | "signal">
    & {
      readonly size: number;
      readonly dataset: Dataset;
      readonly split: Split;
      readonly count: number;
      /** Gets the writer, which waits to be committed. */
      readonly written: SafetensorsWriter[];
    },
): Promise<void> {
  const writer = await slot.create({
    tensors: {
      images: { dtype: "u8", shape: [count, size, size, 3] },
      labels: { dtype: "i32", shape: [count] },
    },
    config: { ...configOf(dataset, split), size },
  });
  written.push(writer);
  const task = progress.start({ label: split, total: count, unit: "image" });
  try {
    const labels = new Int32Array(count);
    let start = 0;
    for await (const item of dataset.load({ split, size, signal })) {
      await writer.writeRows("images", { start, data: item.picture.data });
      labels[start++] = item.label;
      task.advance();
    }
    await writer.writeRows("labels", { start: 0, data: labels });
  } finally {
    task.finish();
  }
}
