import { z } from "zod";
import type { Dataset, Split } from "../datasets/mod.ts";
import { defineStage, type OutputSlot } from "../lib/pipeline/mod.ts";
import type { Progress } from "../lib/pipeline/mod.ts";
import { PRESETS } from "../lib/preset/mod.ts";

const { tiny } = PRESETS;

/** Decodes, crops and splits a dataset into two image artifacts. */
export const stage = defineStage({
  name: "prepare",
  summary: "Decode, crop and split a dataset into training and held-out images",
  examples: [{
    does: "the emoji of the tiny preset, at 32 pixels",
    args: "-o train.safetensors --heldout heldout.safetensors",
  }, {
    does: "your own pictures, one folder for each class",
    args:
      "--dataset folder:pictures --size 64 -o train.safetensors --heldout heldout.safetensors",
  }],
  version: 1,
  inputs: {},
  outputs: {
    train: { kind: "images", help: "images to train on" },
    heldout: { kind: "images", help: "images that training never sees" },
  },
  options: z.object({
    dataset: z.string().regex(/^(?:emoji|emoji64|folder:.+)$/, {
      error: "expected emoji, emoji64 or folder:PATH",
    }).default(tiny.dataset).describe(
      "emoji (32 px), emoji64 (64 px) or folder:PATH with a folder per class",
    ),
    size: z.int().min(1).max(2048).default(tiny.vae.image_size)
      .describe("height and width of the images in pixels"),
    heldoutShare: z.number().min(0).lt(1).default(tiny.heldout)
      .describe("share of each class that is held out"),
  }),
  async fingerprint({ dataset, heldoutShare }) {
    const { datasetFingerprint } = await import("../datasets/mod.ts");
    return await datasetFingerprint(dataset, { heldout: heldoutShare });
  },
  async run({ options, outputs, progress, log, signal }) {
    const { openDataset } = await import("../datasets/mod.ts");
    const { UserError } = await import("../lib/artifact/mod.ts");
    const { size, heldoutShare: heldout } = options;
    const dataset = await openDataset(options.dataset, { heldout });
    if (dataset.skipped) log.warn(`Skipped ${dataset.skipped}`);
    const counts = countSplits(dataset);
    if (counts.train === 0) {
      throw new UserError(
        `Cannot train on "${options.dataset}": all of its ${counts.heldout} ` +
          `images are held out`,
      );
    }
    const tools: Tools = { dataset, size, counts, progress, signal };
    await writeSplit(outputs.train, { ...tools, split: "train" });
    await writeSplit(outputs.heldout, { ...tools, split: "heldout" });
    return {
      dataset: dataset.name,
      classes: dataset.classes.length,
      train: counts.train,
      heldout: counts.heldout,
      licences: dataset.licences,
    };
  },
});

type Counts = Readonly<Record<Split, number>>;

interface Tools {
  readonly dataset: Dataset;
  readonly size: number;
  readonly counts: Counts;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

function countSplits({ entries }: Dataset): Counts {
  const heldout = entries.filter(({ split }) => split === "heldout").length;
  return { train: entries.length - heldout, heldout };
}

/** Writes the images of a split one by one, so that none waits in memory. */
async function writeSplit(
  slot: OutputSlot,
  { dataset, size, split, counts, progress, signal }: Tools & { split: Split },
): Promise<void> {
  const count = counts[split];
  const writer = await slot.create({
    tensors: {
      images: { dtype: "u8", shape: [count, size, size, 3] },
      labels: { dtype: "i32", shape: [count] },
    },
    config: configOf(dataset, { size, split }),
  });
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
    await writer.commit();
  } catch (error) {
    await writer.abort();
    throw error;
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
