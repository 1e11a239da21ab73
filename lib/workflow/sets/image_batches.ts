import { type Batch, bindRandom, randomViews } from "../../train/mod.ts";
import type { ImageSource } from "./images.ts";

/**
 * Random batches of images in random views: by seed, step and row alone.
 *
 * Where nothing is said all are mirrored, a clock too, which is as good to
 * reconstruct as any picture; none are where no class may be mirrored.
 */
export function imageBatches(
  images: ImageSource,
  { batch, shift, flip = images.flips.includes(true), seed }: {
    readonly batch: number;
    /** Largest shift in pixels. */
    readonly shift: number;
    /** Whether images may be mirrored. */
    readonly flip?: boolean | undefined;
    readonly seed: number;
  },
): (step: number) => Promise<Batch> {
  return async (step) => {
    const views = randomViews(
      { count: batch, shift, mayFlip: () => flip },
      { seed, step, pick: (draws) => draws.integer(images.count) },
    );
    return {
      images: await images.render(views),
      ...bindRandom(seed, { step, rows: batch }),
    };
  };
}
