import type { ArConfig } from "../../model/mod.ts";
import { type Guidance, imagesInBatch } from "../../sample/mod.ts";

/** Images of a batch at most: those of one appear together. */
const MOST_IMAGES = 16;

/**
 * Images in each batch of a job: as few batches as fit, all of one size, since
 * programs are compiled for a size. The last one may be filled up.
 */
export function batchSize(
  count: number,
  { ar, guidance, most = MOST_IMAGES }: {
    readonly ar: ArConfig;
    readonly guidance: Guidance;
    /** Images that a GPU has room for. */
    readonly most?: number;
  },
): number {
  const fitting = Math.min(MOST_IMAGES, most, imagesInBatch(ar, guidance));
  return Math.ceil(count / Math.ceil(count / fitting));
}
