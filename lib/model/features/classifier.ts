import { div, sub } from "../../tensor/mod.ts";
import {
  type ClassifierConfig,
  classifierShapes,
  classify,
} from "../classifier.ts";
import type { FeatureNetwork } from "./network.ts";

/** The small classifier as a network of features. */
export interface ClassifierFeaturesConfig extends ClassifierConfig {
  readonly name: "classifier";
}

/** Half of the range of bytes: they become -1 to 1. */
const HALF = 127.5;

/** The small classifier, for images of its own size: it is trained beside a model. */
export const classifier: FeatureNetwork<ClassifierFeaturesConfig> = {
  title: "the small classifier",
  resize: "none",
  check() {},
  size: ({ image_size }) => image_size,
  shapes: classifierShapes,
  widths: ({ features, num_classes }) => ({ features, logits: num_classes }),
  extract: (p, images, config) => ({
    ...classify(p, sub(div(images, HALF), 1), config),
  }),
  published: [],
};
