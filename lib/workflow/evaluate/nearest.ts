import { setImmediate as immediate } from "node:timers/promises";
import { mean, median, nearestImages } from "../../metric/mod.ts";
import type { StageContext } from "../../pipeline/mod.ts";
import { type ImageSet, takeRows } from "./image_set.ts";

/** How near the images of a set come to training images. */
export interface NearestScores {
  readonly n: number;
  readonly min: number;
  readonly median: number;
  readonly mean: number;
  /**
   * Share that lies closer than the median reconstruction of a training image:
   * a copy by the pixels would. Null without such reconstructions.
   */
  readonly closer_than_reconstruction: number | null;
}

/** Distances of one set's images to their nearest training image, ascending. */
export type Distances = Readonly<Record<string, Float64Array>>;

/** Sets measured in one go. */
export type MeasuredSets = Readonly<Record<string, ImageSet>>;

/** Images whose distances are found before other work gets a turn. */
const SLICE = 16;

/** Finds the distance of every image to its nearest training image. */
export async function measureNearest(
  sets: MeasuredSets,
  { train, progress, signal }:
    & { readonly train: ImageSet }
    & Pick<StageContext, "progress" | "signal">,
): Promise<Distances> {
  const all = Object.entries(sets);
  const total = all.reduce((sum, [, { count }]) => sum + count, 0);
  const task = progress.start({ label: "nearest", total, unit: "image" });
  const result: Record<string, Float64Array> = {};
  for (const [name, set] of all) {
    const distances = new Float64Array(set.count);
    for (let start = 0; start < set.count; start += SLICE) {
      await immediate();
      signal.throwIfAborted();
      const count = Math.min(SLICE, set.count - start);
      const rows = Array.from({ length: count }, (_, k) => start + k);
      const { images } = takeRows(set, rows);
      const reference = train.images;
      distances.set(nearestImages({ images, reference }).distance, start);
      task.advance(count);
    }
    result[name] = distances.sort();
  }
  task.finish();
  return result;
}

/** Figures of the distances of each set. */
export function nearestScores(
  distances: Distances,
): Record<string, NearestScores> {
  const copies = distances.train_reconstructions;
  const bound = copies === undefined ? undefined : median(copies);
  const entries = Object.entries(distances).map(([name, values]) => {
    const scores: NearestScores = {
      n: values.length,
      min: values[0]!,
      median: median(values),
      mean: mean(values),
      closer_than_reconstruction: bound === undefined
        ? null
        : values.filter((value) => value < bound).length / values.length,
    };
    return [name, scores] as const;
  });
  return Object.fromEntries(entries);
}
