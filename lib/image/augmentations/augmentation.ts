import type { RandomStream } from "../../random/mod.ts";
import type { Picture, Rgb } from "../pixels.ts";

/** A number of an augmentation: its bounds, and its help for people. */
export interface NumberKind {
  readonly type: "integer" | "number";
  readonly min: number;
  readonly max: number;
  readonly help: string;
}

/** What a crop is cut to. */
export interface Canvas {
  /** Height and width in pixels. */
  readonly size: number;
  /** Colour of what lies outside of the picture. */
  readonly background: Rgb;
}

/** What drawing a crop needs beside the numbers of its augmentation. */
export interface CropDraws {
  /** Height and width of the crop in pixels. */
  readonly size: number;
  readonly draws: RandomStream;
}

/**
 * How an image is seen differently each time. A crop is plain data: it may be
 * sent to a worker, and is drawn before anybody knows how large the picture is.
 */
export interface Augmentation<
  Numbers extends Readonly<Record<string, NumberKind>> = Readonly<
    Record<string, NumberKind>
  >,
  Crop = unknown,
> {
  /** One line for people. */
  readonly help: string;
  /** Its numbers, as presets say them. */
  readonly numbers: Numbers;
  /** Draws one crop. */
  draw(
    numbers: { readonly [K in keyof Numbers]: number },
    draws: CropDraws,
  ): Crop;
  /** Crops beside the middle square that show what may be drawn; may be none. */
  around(numbers: { readonly [K in keyof Numbers]: number }): readonly Crop[];
  /** Cuts a crop out of a picture of any size, `size` x `size`. */
  cut(source: Picture, crop: Crop, canvas: Canvas): Picture;
}

/** Declares a row; its types follow from what it says. */
export function defineAugmentation<
  const N extends Readonly<Record<string, NumberKind>>,
  C,
>(augmentation: Augmentation<N, C>): Augmentation<N, C> {
  return augmentation;
}
