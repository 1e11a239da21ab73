import { UserError } from "../../artifact/mod.ts";
import { mean, PAIR_METRICS, type PairMetricName } from "../../metric/mod.ts";
import type { ImageSet } from "./image_set.ts";

/**
 * Figures of reconstructions beside the images they were made from: means over
 * images; null where one is reconstructed exactly, or images are too small.
 */
export interface ReconstructionScores
  extends Readonly<Record<PairMetricName, number | null>> {
  readonly n: number;
}

/** Figures of a set of reconstructions, and those of each image. */
export interface ScoredReconstructions {
  readonly scores: ReconstructionScores;
  readonly lists: Readonly<Record<PairMetricName, Float64Array>>;
}

/**
 * Compares reconstructions with their images, row by row.
 *
 * @throws {UserError} when they are not as many
 */
export function scoreReconstructions(
  { images, count }: ImageSet,
  originals: ImageSet,
): ScoredReconstructions {
  if (count !== originals.count) {
    throw new UserError(
      `Cannot compare ${count} reconstructions with ${originals.count} ` +
        "images: expected one for each, in the same order",
    );
  }
  const pair = { images, reference: originals.images };
  const lists = {
    psnr: PAIR_METRICS.psnr.each(pair),
    ssim: PAIR_METRICS.ssim.each(pair),
  } satisfies Record<PairMetricName, Float64Array>;
  return {
    scores: {
      n: count,
      psnr: finiteMean(lists.psnr),
      ssim: finiteMean(lists.ssim),
    },
    lists,
  };
}

function finiteMean(values: Float64Array): number | null {
  const value = mean(values);
  return Number.isFinite(value) ? value : null;
}
