import {
  CENTRE,
  type Crop,
  cropsAround,
  drawCrop,
  type View,
} from "../../image/mod.ts";
import type { LatentViews } from "../../preset/mod.ts";
import { RandomStream, type Seed } from "../../random/mod.ts";

/** The views that a cache holds of every image, in their order. */
export interface CachedViews {
  readonly count: number;
  /** Which are mirrored. */
  readonly mirrored: readonly boolean[];
  /** Which are of the image as it is. */
  readonly centred: readonly boolean[];
  /** Which a training takes for an augmented image. */
  readonly augmented: readonly boolean[];
  /** Those of one image. */
  of(picture: number): View[];
}

/**
 * The views of a cache: the image as it is, then crops of it, drawn by image or
 * around it; each mirrored too.
 */
export function cachedViews(
  { flip, crops = 0, ...choice }: LatentViews,
  { size, seed }: { readonly size: number; readonly seed: Seed },
): CachedViews {
  const around = crops === 0 ? cropsAround(choice) : [];
  const flips = flip ? [false, true] : [false];
  const views = Array.from(
    { length: 1 + around.length + crops },
    (_, crop) => flips.map((flip) => ({ crop, flip })),
  ).flat();
  function cropsOf(picture: number): readonly Crop[] {
    if (crops === 0) return [CENTRE, ...around];
    const draws = new RandomStream({ seed, stream: "crops", row: picture });
    const drawn = Array.from(
      { length: crops },
      () => drawCrop(choice, { size, draws }),
    );
    return [CENTRE, ...drawn];
  }
  return {
    count: views.length,
    mirrored: views.map(({ flip }) => flip),
    centred: views.map(({ crop }) => crop === 0),
    // An image as it is stands for no drawn one.
    augmented: views.map(({ crop }) => crops === 0 || crop > 0),
    of(picture) {
      const cut = cropsOf(picture);
      return views.map(({ crop, flip }) => ({
        picture,
        crop: cut[crop]!,
        flip,
      }));
    },
  };
}
