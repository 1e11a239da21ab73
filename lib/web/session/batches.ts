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
  { ar, guidance }: { readonly ar: ArConfig; readonly guidance: Guidance },
): number {
  const most = Math.min(MOST_IMAGES, imagesInBatch(ar, guidance));
  return Math.ceil(count / Math.ceil(count / most));
}
