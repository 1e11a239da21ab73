import type { Tensor } from "../../tensor/mod.ts";
import type { Parameters, ParameterShapes } from "../../nn/mod.ts";

/**
 * How images of other sizes come to the size of a network. "bilinear" is that of
 * TensorFlow 1, part of the graph, which takes any size; "bicubic" is Pillow's,
 * rounded to bytes, before the graph; with "none" images must have the size.
 */
export type Resize = "bilinear" | "bicubic" | "none";

/** A parameter as a published file has it: tensors, and what is made of them. */
export interface ParameterSource {
  /** Shapes of the tensors that it is made of, by their names in the file. */
  readonly of: ParameterShapes;
  /** Its numbers from theirs, in the order of `of`. */
  make(
    tensors: readonly Float32Array<ArrayBuffer>[],
  ): Float32Array<ArrayBuffer>;
}

/** A form in which others publish the weights of a network. */
export interface PublishedForm<Config> {
  /** A few words for people. */
  readonly title: string;
  /** A tensor that no other form has. */
  readonly sign: string;
  /** Tensors of such files that no feature depends on. */
  readonly unused: RegExp;
  /**
   * Sizes that tensors show; where they do not, those of the network as it is
   * published.
   */
  configOf(shapes: ReadonlyMap<string, readonly number[]>): Config;
  /** What each parameter is made of. */
  sources(config: Config): Readonly<Record<string, ParameterSource>>;
}

/** A frozen network that says of an image what statistics of sets are made of. */
export interface FeatureNetwork<Config> {
  /** For people. */
  readonly title: string;
  readonly resize: Resize;
  /**
   * Checks that sizes fit each other.
   *
   * @throws {RangeError} naming the size, what was found and what was expected
   */
  check(config: Config): void;
  /** Height and width of the images that it judges, in pixels. */
  size(config: Config): number;
  /** Shapes of its weights by name. */
  shapes(config: Config): ParameterShapes;
  /** Numbers of each of its features, by name; the first one is the usual one. */
  widths(config: Config): Readonly<Record<string, number>>;
  /**
   * Its features, [B, width] each, by name.
   *
   * @param images [B, 3, H, W], from 0 to 255
   */
  extract(
    p: Parameters,
    images: Tensor,
    config: Config,
  ): Readonly<Record<string, Tensor>>;
  /** Forms of files that it is imported from; none where it is trained here. */
  readonly published: readonly PublishedForm<Config>[];
}
