import type { Tensor } from "../../tensor/mod.ts";
import type { Parameters, ParameterSpecs } from "../../nn/mod.ts";
import type { SizesOf, SizeTable } from "../sizes.ts";

/** What a discriminator says of a batch. */
export interface Judged {
  /** [B, ...]: higher where an image, or a patch of it, looks real. */
  readonly logits: Tensor;
  /** Next values of the discriminator's buffers, by name. */
  readonly buffers: Readonly<Record<string, Tensor>>;
}

/** What a discriminator reads besides its parameters and the images. */
export interface JudgeOptions<Config> {
  readonly config: Config;
  readonly buffers: Parameters;
  /** Images that are normed together; the batch is a multiple. */
  readonly rows: number;
}

/**
 * A network that tells reconstructions from images, for the adversarial loss.
 *
 * @typeParam Config its sizes with its name
 * @typeParam T the sizes that people choose
 */
export interface Discriminator<Config, T extends SizeTable = SizeTable> {
  /** For people. */
  readonly title: string;
  /** Sizes that people choose. */
  readonly sizes: T;
  /**
   * Its configuration.
   *
   * @param imageSize height and width in pixels
   */
  configOf(sizes: SizesOf<T>, imageSize: number): Config;
  /**
   * Checks that the sizes fit each other and the images.
   *
   * @param imageSize height and width in pixels
   * @throws {RangeError} naming the size, what was found and what was expected
   */
  check(config: Config, imageSize: number): void;
  /** Its parameters. */
  specs(config: Config): ParameterSpecs;
  /** What it keeps from step to step without training it. */
  buffers(config: Config): ParameterSpecs;
  /**
   * Judges a batch in training.
   *
   * @param images [B, 3, H, W] in [-1, 1]
   */
  logits(
    p: Parameters,
    images: Tensor,
    options: JudgeOptions<Config>,
  ): Judged;
}
