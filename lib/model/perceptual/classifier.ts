import {
  type ClassifierConfig,
  classifierMaps,
  classifierShapes,
} from "../classifier.ts";
import type { PerceptualNetwork } from "./network.ts";

/** The small classifier as a perceptual network. */
export interface PerceptualClassifierConfig extends ClassifierConfig {
  readonly name: "classifier";
}

/**
 * Features of the small classifier, where VGG16's weights are not at hand: the
 * distance of LPIPS with every channel counted 1 (Zhang et al. 2018).
 */
export const classifier: PerceptualNetwork<PerceptualClassifierConfig> = {
  title: "features of the small classifier",
  shapes: classifierShapes,
  check({ image_size }, imageSize) {
    if (image_size === imageSize) return;
    throw new RangeError(
      `Cannot use the perceptual network: image_size is ${image_size}, ` +
        `expected ${imageSize}, as the images`,
    );
  },
  features: classifierMaps,
  gains: () => null,
};
