import type { HostTensor } from "../../tensor/mod.ts";
import {
  type Batch,
  type BatchOptions,
  type BatchRows,
  bindRandom,
} from "../../train/mod.ts";
import {
  type AugmentationChoice,
  type Decay,
  decayedShare,
  randomViews,
  type View,
} from "../../image/mod.ts";
import {
  type Order,
  type OrderName,
  ORDERS,
  type RandomStream,
} from "../../random/mod.ts";
import type { ImageSource } from "./image_source.ts";

/** How a training goes through images. */
export interface ImageOrdering {
  /** Rows of a step. */
  readonly batch: number;
  readonly order?: OrderName | undefined;
  readonly seed: number;
  /** Draws an image where the order does; all are as likely unless given. */
  draw?(draws: RandomStream): number;
}

/** How it sees them. */
export interface ImageViewing extends ImageOrdering, AugmentationChoice, Decay {
  /** Whether a picture may be mirrored. */
  mayFlip(picture: number): boolean;
}

/** Views of images for a step, or for rows of its batch: by seed, step and row alone. */
export function imageViews(
  images: Pick<ImageSource, "count" | "size">,
  viewing: ImageViewing,
): (step: number, rows?: BatchRows) => View[] {
  const { batch, seed, mayFlip } = viewing;
  const pick = imageOrder(images, viewing);
  const { count, size } = images;
  return (step, rows = { start: 0, count: batch }) =>
    randomViews({
      ...rows,
      size,
      augmentation: viewing,
      mayFlip,
      share(row) {
        const epoch = Math.floor((step * batch + row) / count);
        return decayedShare(viewing, epoch);
      },
    }, { seed, step, pick });
}

/**
 * Random batches of images in random views: by seed, step and row alone.
 *
 * Where nothing is said all are mirrored, a clock too, which is as good to
 * reconstruct as any picture; none are where no class may be mirrored.
 */
export function imageBatches(
  images: ImageSource,
  { flip = images.flips.includes(true), ...viewing }:
    & Omit<ImageViewing, "mayFlip">
    & {
      /** Whether images may be mirrored. */
      readonly flip?: boolean | undefined;
    },
): (step: number, options?: Partial<BatchOptions>) => Promise<Batch> {
  const { batch, seed } = viewing;
  const views = imageViews(images, { ...viewing, mayFlip: () => flip });
  const all = { start: 0, count: batch };
  return async (step, { rows = all, used } = {}) => ({
    images: await images.render(
      views(step, rows),
      used?.["images"] as HostTensor<"f32"> | undefined,
    ),
    ...bindRandom(seed, { step, rows: rows.count, start: rows.start }),
  });
}

/** Which image each row of a step takes. */
export function imageOrder(
  { count }: Pick<ImageSource, "count">,
  { order = "draws", draw = (draws) => draws.integer(count), ...rest }:
    ImageOrdering,
): Order {
  const { batch, seed } = rest;
  return ORDERS[order]({ count, batch, seed, draw });
}
