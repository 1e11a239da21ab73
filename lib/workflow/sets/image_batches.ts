import {
  type Batch,
  bindRandom,
  randomViews,
  renderViews,
} from "../../train/mod.ts";
import type { LabelledImages } from "./images.ts";

/** Random batches of images in random views: by seed, step and row alone. */
export function imageBatches(
  images: LabelledImages,
  { batch, shift, flip, seed }: {
    readonly batch: number;
    /** Largest shift in pixels. */
    readonly shift: number;
    /** Whether images may be mirrored. */
    readonly flip: boolean;
    readonly seed: number;
  },
): (step: number) => Batch {
  return (step) => {
    const views = randomViews(
      { count: batch, shift, mayFlip: () => flip },
      { seed, step, pick: (draws) => draws.integer(images.count) },
    );
    return {
      images: renderViews(images, views),
      ...bindRandom(seed, { step, rows: batch }),
    };
  };
}
