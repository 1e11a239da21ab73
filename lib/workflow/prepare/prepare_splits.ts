import type { Dataset, Split } from "../../../datasets/mod.ts";
import { type SafetensorsWriter, UserError } from "../../artifact/mod.ts";
import type {
  OutputSlot,
  StageContext,
  StageSummary,
} from "../../pipeline/mod.ts";
import { flipsText } from "./flips.ts";

type Counts = Readonly<Record<Split, number>>;

/** What preparing needs beside the dataset. */
export interface Preparing
  extends Pick<StageContext, "progress" | "log" | "signal"> {
  /** What the user calls the dataset. */
  readonly name: string;
  /** Height and width of the images in pixels. */
  readonly size: number;
  readonly outputs: Readonly<Record<Split, OutputSlot>>;
}

/**
 * Decodes, crops and writes both splits of a dataset.
 *
 * @throws {UserError} where nothing is left to train on
 */
export async function prepareSplits(
  dataset: Dataset,
  { name, outputs, log, ...tools }: Preparing,
): Promise<StageSummary> {
  if (dataset.skipped) log.warn(`Skipped ${dataset.skipped}`);
  const counts = countSplits(dataset);
  if (counts.train === 0) {
    throw new UserError(
      `Cannot train on "${name}": all of its ${counts.heldout} images are ` +
        "held out",
    );
  }
  // Both or none: no picture of the second split may be bad after the first.
  const written: SafetensorsWriter[] = [];
  try {
    for (const split of ["train", "heldout"] as const) {
      const count = counts[split];
      const content = { dataset, split, count, written, ...tools };
      await writeSplit(outputs[split], content);
    }
  } catch (error) {
    for (const writer of written) await writer.abort();
    throw error;
  } finally {
    dataset.close?.();
  }
  for (const writer of written) await writer.commit();
  return {
    dataset: dataset.name,
    classes: dataset.classes.length,
    train: counts.train,
    heldout: counts.heldout,
    mirrored: flipsText(dataset),
    licences: dataset.licences,
  };
}

function countSplits({ entries }: Dataset): Counts {
  const heldout = entries.filter(({ split }) => split === "heldout").length;
  return { train: entries.length - heldout, heldout };
}

/** Writes the images of a split one by one, so that none waits in memory. */
async function writeSplit(
  slot: OutputSlot,
  { dataset, split, count, written, size, progress, signal }:
    & Pick<Preparing, "size" | "progress" | "signal">
    & {
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
    config: configOf(dataset, { size, split }),
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

/** What readers of the images need: names, and which classes may be mirrored. */
function configOf(
  dataset: Dataset,
  { size, split }: { size: number; split: Split },
) {
  return {
    dataset: dataset.name,
    size,
    split,
    classes: dataset.classes.map(({ name }) => name),
    flips: dataset.classes.map(({ flips }) => flips),
    licences: dataset.licences,
  };
}
