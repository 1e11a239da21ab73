import { z } from "zod";
import type { ArtifactReader } from "../../artifact/mod.ts";
import type { FeatureModel } from "../../metric/mod.ts";
import {
  type ClassifierFeaturesConfig,
  classifierShapes,
} from "../../model/mod.ts";
import { readConfig } from "./models.ts";
import { readWeights } from "./stored_weights.ts";

const WIDTH = z.int().min(1).max(65_536);

/** Sizes of a classifier, as artifacts hold them. */
export const CLASSIFIER_CONFIG = z.object({
  image_size: WIDTH,
  channels: z.array(WIDTH).min(1).max(16),
  features: WIDTH,
  num_classes: z.int().min(1).max(1_000_000),
});

/**
 * Reads a classifier.
 *
 * @throws {UserError} naming the file, the key, what was found and what was expected
 */
export async function readClassifier(
  reader: ArtifactReader,
): Promise<FeatureModel<ClassifierFeaturesConfig>> {
  const config = readConfig(reader, CLASSIFIER_CONFIG, () => {});
  return {
    config: { name: "classifier", ...config },
    weights: await readWeights(reader, { shapes: classifierShapes(config) }),
  };
}
