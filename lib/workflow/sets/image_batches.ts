import { type Batch, bindRandom, randomViews } from "../../train/mod.ts";
import {
  type Order,
  type OrderName,
  ORDERS,
  type RandomStream,
} from "../../random/mod.ts";
import type { ImageSource } from "./images.ts";

/**
 * Random batches of images in random views: by seed, step and row alone.
 *
 * Where nothing is said all are mirrored, a clock too, which is as good to
 * reconstruct as any picture; none are where no class may be mirrored.
 */
export function imageBatches(
  images: ImageSource,
  { batch, order, shift, flip = images.flips.includes(true), seed }: {
    readonly batch: number;
    readonly order?: OrderName | undefined;
    /** Largest shift in pixels. */
    readonly shift: number;
    /** Whether images may be mirrored. */
    readonly flip?: boolean | undefined;
    readonly seed: number;
  },
): (step: number) => Promise<Batch> {
  const pick = imageOrder(images, { batch, order, seed });
  return async (step) => {
    const views = randomViews(
      { count: batch, shift, mayFlip: () => flip },
      { seed, step, pick },
    );
    return {
      images: await images.render(views),
      ...bindRandom(seed, { step, rows: batch }),
    };
  };
}

/** Which image each row of a step takes; all are as likely. */
export function imageOrder(
  { count }: Pick<ImageSource, "count">,
  { batch, order = "draws", seed }: {
    readonly batch: number;
    readonly order?: OrderName | undefined;
    readonly seed: number;
  },
): Order {
  const draw = (draws: RandomStream) => draws.integer(count);
  return ORDERS[order]({ count, batch, seed, draw });
}
