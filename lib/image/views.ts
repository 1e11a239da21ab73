import { type Order, RandomStream, type Seed } from "../random/mod.ts";
import {
  type AugmentationChoice,
  CENTRE,
  type Crop,
  drawCrop,
} from "./augmentations/mod.ts";

/** One view of a picture: a part of it, mirrored or not. Plain data. */
export interface View {
  readonly picture: number;
  readonly crop: Crop;
  readonly flip: boolean;
}

/** Which views are drawn. */
export interface ViewDraws {
  /** Rows of the batch. */
  readonly count: number;
  /** Number of the first one; 0 unless given. */
  readonly start?: number;
  /** Height and width of a view in pixels. */
  readonly size: number;
  readonly augmentation: AugmentationChoice;
  /** Whether a picture may be mirrored. */
  mayFlip(picture: number): boolean;
  /** Share of a row's images that are augmented; all of them unless given. */
  share?(row: number): number;
}

/**
 * Random views for one training step: every row its own picture, crop and flip,
 * from the seed, the step and the row alone. Those that are not augmented are
 * centre crops, mirrored or not.
 */
export function randomViews(
  { count, start = 0, size, augmentation, mayFlip, share = () => 1 }: ViewDraws,
  { seed, step, pick }: {
    readonly seed: Seed;
    readonly step: number;
    /** Chooses the picture of a row. */
    readonly pick: Order;
  },
): View[] {
  return Array.from({ length: count }, (_, i) => {
    const row = start + i;
    const draws = new RandomStream({ seed, stream: "views", step, row });
    const picture = pick({ step, row, draws });
    const crop = draws.chance(share(row))
      ? drawCrop(augmentation, { size, draws })
      : CENTRE;
    const flip = draws.integer(2) === 1 && mayFlip(picture);
    return { picture, crop, flip };
  });
}

/** Epochs over which augmentation goes away; it stays where none is said. */
export interface Decay {
  /** Epochs in which every image is augmented. */
  readonly augmentUntil?: number | undefined;
  /** Epochs after which none is. */
  readonly augmentEnd?: number | undefined;
}

/**
 * Share of augmented images in an epoch, counted from 0: it falls linearly from
 * 1 in epoch `augmentUntil` to 0 in epoch `augmentEnd`, as the release's.
 */
export function decayedShare(
  { augmentUntil: start = Infinity, augmentEnd: end = start }: Decay,
  epoch: number,
): number {
  if (epoch < start) return 1;
  return epoch >= end ? 0 : 1 - (epoch - start) / (end - start);
}
