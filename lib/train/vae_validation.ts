import { input } from "../tensor/mod.ts";
import {
  posteriorOf,
  type PosteriorParts,
  type VaeConfig,
} from "../model/mod.ts";
import { vaeForward } from "./losses.ts";
import { type PerceptualOptions, perceptualTerm } from "./perceptual_term.ts";
import type { ProbeParts } from "./probe.ts";
import { randomInputs } from "./random_inputs.ts";
import { STREAMS } from "./streams.ts";

/** What a validation of an S-VAE in training needs to know. */
export interface VaeValidationOptions {
  readonly config: VaeConfig;
  readonly batch: number;
  /** The network that a perceptual distance is taken in, where one is wanted. */
  readonly perceptual?:
    | Pick<PerceptualOptions, "network" | "weights">
    | undefined;
}

/**
 * Reconstructions of images as the training makes them, from a draw of each
 * posterior: `reconstruction` [B, 3, H, W], and `distance`, their mean perceptual
 * distance, where a network is given. Inputs are those of the training step.
 */
export function vaeValidation(
  { config, batch, perceptual }: VaeValidationOptions,
): ProbeParts {
  const { image_size: size } = config;
  const images = input("images", [batch, 3, size, size]);
  const random = randomInputs(batch);
  const draw = (posterior: PosteriorParts) =>
    posteriorOf(config).draw(posterior, {
      source: random.source,
      stream: STREAMS.posterior,
    });
  const distance = perceptual &&
    perceptualTerm({ ...perceptual, weight: 1, dropout: false }, random.source);
  return {
    name: "validate-vae",
    player: "generator",
    ...perceptual && { frozen: perceptual.weights },
    inputs: { images, ...random.inputs },
    build: (p, frozen) => {
      const { reconstruction } = vaeForward(p, images, { config, draw });
      return {
        reconstruction,
        ...distance &&
          { distance: distance.of({ images, reconstruction, frozen }) },
      };
    },
  };
}
