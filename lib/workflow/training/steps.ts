import type { ArConfig, ClassifierConfig, VaeConfig } from "../../model/mod.ts";
import type {
  ArSizes,
  ArTraining,
  ClassifierTraining,
  InSteps,
  VaeTraining,
} from "../../preset/mod.ts";
import {
  arTrainingStep,
  classifierTrainingStep,
  type TrainingStep,
  updateRule,
  vaeTrainingStep,
} from "../../train/mod.ts";
import type { LatentSource } from "../sets/mod.ts";
import type { VaeTerms } from "./vae_terms.ts";

/** The step of a training for any number of rows of the batch. */
export type StepOfRows = (rows: number) => TrainingStep;

/** The step of a training of a VAE. */
export function vaeStep(
  config: VaeConfig,
  numbers: InSteps<VaeTraining>,
  terms: VaeTerms,
): StepOfRows {
  const { klWeight, reconstruction } = numbers;
  const update = updateRule(numbers);
  return (batch) =>
    vaeTrainingStep({
      config,
      batch,
      klWeight,
      reconstruction,
      update,
      ...terms,
    });
}

/** The step of a training of an AR model. */
export function arStep(
  config: ArConfig,
  numbers: InSteps<ArTraining>,
): StepOfRows {
  const { diffBatchMul, classDropout } = numbers;
  const update = updateRule(numbers);
  return (batch) =>
    arTrainingStep({ config, batch, diffBatchMul, classDropout, update });
}

/** The step of a training of a classifier. */
export function classifierStep(
  config: ClassifierConfig,
  numbers: InSteps<ClassifierTraining>,
): StepOfRows {
  const update = updateRule(numbers);
  return (batch) => classifierTrainingStep({ config, batch, update });
}

/** An AR model of some sizes for the latents that it is trained on. */
export function arConfigFor(
  sizes: ArSizes,
  { classes, tokens, d, law }: Pick<
    LatentSource,
    "classes" | "tokens" | "d" | "law"
  >,
): ArConfig {
  return {
    ...sizes,
    num_classes: classes.length,
    latent_dim: d,
    grid: Math.sqrt(tokens),
    ...law,
  };
}
