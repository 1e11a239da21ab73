import type { Tensor } from "../../tensor/mod.ts";
import type { Parameters, ParameterShapes } from "../../nn/mod.ts";

/** A frozen network whose features say how alike images look. */
export interface PerceptualNetwork<Config> {
  /** For people. */
  readonly title: string;
  /** Shapes of its weights by name. */
  shapes(config: Config): ParameterShapes;
  /**
   * Checks that the sizes fit each other and the images.
   *
   * @param imageSize height and width in pixels
   * @throws {RangeError} naming the size, what was found and what was expected
   */
  check(config: Config, imageSize: number): void;
  /**
   * Its feature maps, [B, C, h, w] each.
   *
   * @param images [B, 3, H, W] in [-1, 1]
   */
  features(p: Parameters, images: Tensor, config: Config): readonly Tensor[];
  /** What the channels of each feature map count, [C] each; null where all count 1. */
  gains(p: Parameters, config: Config): readonly Tensor[] | null;
}
