import { cropRange, randomCrop } from "../crop.ts";
import { defineAugmentation } from "./augmentation.ts";

/** A square of a picture that is scaled at random. */
export interface RandomCrop {
  readonly by: "random-crop";
  /** Length in pixels that the smaller side is scaled to. */
  readonly side: number;
  /** Which of the rows that it may start at, from 0 to below 1. */
  readonly top: number;
  /** The same of columns. */
  readonly left: number;
}

/** ADM's random crop (Dhariwal and Nichol 2021), as the release trains. */
export const RANDOM_CROP = defineAugmentation({
  help: "squares of random size and place",
  numbers: {
    minFraction: {
      type: "number",
      min: 0.1,
      max: 1,
      help: "least side of a random crop, as a share of the smaller side",
    },
  },
  draw({ minFraction }, { size, draws }): RandomCrop {
    const { least, most } = cropRange(size, { minFraction });
    const side = least + draws.integer(most - least + 1);
    const [top, left] = [draws.uniform(), draws.uniform()];
    return { by: "random-crop", side, top, left };
  },
  around: () => [],
  cut: (source, { side, top, left }: RandomCrop, { size }) =>
    randomCrop(source, {
      size,
      smallerSide: side,
      top: (count) => Math.floor(top * count),
      left: (count) => Math.floor(left * count),
    }),
});
