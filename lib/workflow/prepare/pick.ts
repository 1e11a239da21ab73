import { type ArtifactReader, UserError } from "../../artifact/mod.ts";
import type { OutputSlot, StageContext } from "../../pipeline/mod.ts";
import { RandomStream } from "../../random/mod.ts";
import { hostTensor } from "../../tensor/mod.ts";
import type { ImageSource, Labelled } from "../sets/mod.ts";

/** Images that are decoded at once. */
const BATCH = 64;

/** Keys of a configuration that hold for some of the images too. */
const KEPT = [
  "dataset",
  "split",
  "classes",
  "flips",
  "licences",
  "background",
];

/** How images are picked. */
export interface Picking
  extends Pick<StageContext, "seed" | "progress" | "signal"> {
  readonly count: number;
  readonly output: OutputSlot;
}

/**
 * Writes some images of a set with their pixels.
 *
 * @returns how many there are
 */
export async function pickImages(
  { config }: Pick<ArtifactReader, "config">,
  images: ImageSource,
  { count, seed, output, progress, signal }: Picking,
): Promise<number> {
  const { size, labels } = images;
  const rows = pickRows(images, { count, seed });
  const kept = Object.entries(config).filter(([key]) => KEPT.includes(key));
  const writer = await output.create({
    tensors: {
      images: { dtype: "u8", shape: [rows.length, size, size, 3] },
      labels: { dtype: "i32", shape: [rows.length] },
    },
    config: { ...Object.fromEntries(kept), size },
  });
  const task = progress.start({ total: rows.length, unit: "image" });
  try {
    for (let start = 0; start < rows.length; start += BATCH) {
      signal.throwIfAborted();
      const part = [...rows.subarray(start, start + BATCH)];
      const { data } = await images.read(part);
      await writer.writeRows("images", { start, data });
      task.advance(part.length);
    }
    const shown = Int32Array.from(rows, (row) => labels[row]!);
    const { data } = hostTensor("i32", [rows.length], shown);
    await writer.writeRows("labels", { start: 0, data });
  } catch (error) {
    await writer.abort();
    throw error;
  } finally {
    task.finish();
  }
  await writer.commit();
  return rows.length;
}

/**
 * Some images of a set in ascending order, drawn by chance: of each class as many
 * as of the others, as long as it has more.
 *
 * @throws {UserError} where there are none
 */
export function pickRows(
  { labels, classes }: Pick<Labelled, "labels" | "classes">,
  { count, seed }: { readonly count: number; readonly seed: number },
): Uint32Array {
  if (labels.length === 0) {
    throw new UserError("Cannot pick images of a set that has none");
  }
  const order = new RandomStream({ seed, stream: "pick" })
    .permutation(labels.length);
  const taken = new Uint32Array(classes.length);
  // Images that are the first, second, ... of their class to be drawn.
  const turns: number[][] = [];
  for (const row of order) {
    const turn = taken[labels[row]!]!++;
    (turns[turn] ??= []).push(row);
  }
  return Uint32Array.from(turns.flat().slice(0, count)).sort();
}
