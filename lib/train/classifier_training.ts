import { type HostTensor, hostTensor, input } from "../tensor/mod.ts";
import {
  type ClassifierConfig,
  classifierShapes,
  classify,
  crossEntropy,
} from "../model/mod.ts";
import { matrixNames, type UpdateRule } from "./player.ts";
import type { TrainingStep } from "./step.ts";

/** What a classifier's training step needs to know. */
export interface ClassifierStepOptions {
  readonly config: ClassifierConfig;
  readonly batch: number;
  readonly update: UpdateRule;
}

/**
 * The classifier's training step: cross-entropy. Its inputs are `images`
 * [B, 3, H, W] in [-1, 1] and `targets` [B, classes], one-hot.
 */
export function classifierTrainingStep(
  { config, batch, update }: ClassifierStepOptions,
): TrainingStep<"classifier"> {
  const { image_size: size, num_classes } = config;
  const images = input("images", [batch, 3, size, size]);
  const targets = input("targets", [batch, num_classes]);
  const shapes = classifierShapes(config);
  return {
    name: "train-classifier",
    players: {
      classifier: { ...update, shapes, decays: matrixNames(shapes) },
    },
    inputs: { images, targets },
    build: ({ players }) => {
      const { logits } = classify(players.classifier, images, config);
      const loss = crossEntropy(logits, targets);
      return { losses: { classifier: loss }, reported: {} };
    },
  };
}

/** Labels as rows with a one at the class: f32 [n, classes]. */
export function oneHot(
  labels: ArrayLike<number>,
  classes: number,
): HostTensor<"f32"> {
  const data = new Float32Array(labels.length * classes);
  for (let i = 0; i < labels.length; i++) data[i * classes + labels[i]!] = 1;
  return hostTensor("f32", [labels.length, classes], data);
}
