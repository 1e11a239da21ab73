import { UserError } from "../../artifact/mod.ts";
import {
  mean,
  peakSignalNoise,
  SIMILARITY_WINDOW,
  structuralSimilarity,
} from "../../metric/mod.ts";
import type { ImageSet } from "./image_set.ts";

/** Figures of reconstructions beside the images they were made from. */
export interface ReconstructionScores {
  readonly n: number;
  /** Mean over images, in dB; null where one is reconstructed exactly. */
  readonly psnr: number | null;
  /** Mean over images; null where they are smaller than its window. */
  readonly ssim: number | null;
}

/** Scores of each reconstruction, for the artifact. */
export interface ReconstructionLists {
  readonly psnr: Float64Array;
  readonly ssim: Float64Array;
}

/** Figures of a set of reconstructions, and those of each image. */
export interface ScoredReconstructions {
  readonly scores: ReconstructionScores;
  readonly lists: ReconstructionLists;
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
    psnr: peakSignalNoise(pair),
    ssim: images.shape[1]! < SIMILARITY_WINDOW
      ? new Float64Array(0)
      : structuralSimilarity(pair),
  };
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
