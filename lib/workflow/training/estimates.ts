import type { ArtifactFacts } from "../../artifact/mod.ts";
import { checkArConfig, VGG16 } from "../../model/mod.ts";
import type { Estimate, EstimateTools } from "../../pipeline/mod.ts";
import type { VaeTraining } from "../../preset/mod.ts";
import { countedWeights } from "../../tensor/mod.ts";
import { perceptualShapes, readPerceptualConfig } from "../models/mod.ts";
import {
  checkPreset,
  type PresetOptions,
  trainingNumbers,
} from "../options/mod.ts";
import { arFacts } from "../codec/mod.ts";
import { imageSizeOf, stringsOf } from "../sets/mod.ts";
import {
  type EstimatedTraining,
  estimateTraining,
  imagesOf,
} from "./estimate.ts";
import { arConfigFor, arStep, classifierStep, vaeStep } from "./steps.ts";
import { adversarialOf, type VaeTerms } from "./vae_terms.ts";

/** What the estimate of a training stage is made from. */
interface Given<Inputs> extends EstimateTools {
  readonly options: PresetOptions & EstimatedTraining["options"];
  readonly inputs: Inputs;
}

/** What `train-vae` would do and leave. */
export async function estimateVaeTraining(
  { options, inputs, workers, takes }:
    & Given<{
      readonly images: ArtifactFacts;
      readonly perceptual: ArtifactFacts | undefined;
    }>
    & { readonly takes: (input: "perceptual") => boolean },
): Promise<Estimate> {
  const images = imagesOf(inputs.images);
  const { vae, training } = await trainingNumbers("train-vae", options, images);
  const { perceptual, notes } = countedPerceptual(training, {
    file: inputs.perceptual,
    isGiven: takes("perceptual"),
    imageSize: vae.image_size,
  });
  const adversarial = adversarialOf(training, vae.image_size);
  const terms = {
    ...perceptual && { perceptual },
    ...adversarial && { adversarial },
  };
  return await estimateTraining({
    numbers: training,
    step: vaeStep(vae, training, terms),
    options,
    output: { name: "svae", kind: "svae", config: { ...vae } },
    workers,
    notes,
  });
}

/** A perceptual term whose weights are there to be counted. */
function countedPerceptual(
  { perceptual }: Pick<VaeTraining, "perceptual">,
  { file, isGiven, imageSize }: {
    readonly file: ArtifactFacts | undefined;
    /** Whether it is given, be it there yet or not. */
    readonly isGiven: boolean;
    readonly imageSize: number;
  },
): Pick<VaeTerms, "perceptual"> & { readonly notes: readonly string[] } {
  if (perceptual === undefined || perceptual.weight === 0) return { notes: [] };
  const { weight, dropout, network: name } = perceptual;
  if (file === undefined && name !== VGG16.name) {
    return { notes: [`without the perceptual term of ${name}, not given yet`] };
  }
  const network = file === undefined
    ? VGG16
    : readPerceptualConfig(file, { network: name, imageSize });
  const weights = countedWeights(perceptualShapes(network));
  return {
    perceptual: { network, weights, weight, dropout },
    notes: file === undefined
      ? [
        `with VGG16 for the perceptual term, ${
          isGiven
            ? "which is not here yet"
            : "for which a run needs --perceptual"
        }`,
      ]
      : [],
  };
}

/** What `train-ar` would do and leave. */
export async function estimateArTraining(
  { options, inputs, workers }: Given<Parameters<typeof arFacts>[0]>,
): Promise<Estimate | undefined> {
  const latents = arFacts(inputs);
  if (latents === undefined) return undefined;
  const { ar, training } = await trainingNumbers("train-ar", options, latents);
  const config = arConfigFor(ar, latents);
  checkPreset(options.preset, () => checkArConfig(config));
  const { classes } = latents;
  const estimate = await estimateTraining({
    numbers: training,
    step: arStep(config, training),
    options,
    output: { name: "ar", kind: "ar", config: { ...config, classes } },
    workers,
  });
  const encoding = await latents.work(training);
  return { ...estimate, work: [...encoding, ...estimate.work ?? []] };
}

/** What `train-classifier` would do and leave. */
export async function estimateClassifierTraining(
  { options, inputs: { images }, workers }:
    & Given<{ readonly images: ArtifactFacts }>
    & { readonly options: { readonly size?: number | undefined } },
): Promise<Estimate> {
  const { training } = await trainingNumbers(
    "train-classifier",
    options,
    imagesOf(images),
  );
  const classes = stringsOf(images, "classes");
  const config = {
    image_size: imageSizeOf(images, options.size),
    channels: training.channels,
    features: training.features,
    num_classes: classes.length,
  };
  return await estimateTraining({
    numbers: training,
    step: classifierStep(config, training),
    options,
    output: {
      name: "classifier",
      kind: "classifier",
      config: { ...config, classes },
    },
    workers,
  });
}
