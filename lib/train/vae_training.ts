import { input, mean } from "../tensor/mod.ts";
import { samplePowerSpherical } from "../sphere/mod.ts";
import { type Posterior, type VaeConfig, vaeShapes } from "../model/mod.ts";
import type { AdamWOptions } from "./adamw.ts";
import { vaeForward } from "./losses.ts";
import { randomInputs } from "./random_inputs.ts";
import type { TrainingStep } from "./step.ts";
import { STREAMS } from "./streams.ts";

/** What an S-VAE training step needs to know. */
export interface VaeStepOptions {
  readonly config: VaeConfig;
  readonly batch: number;
  readonly klWeight: number;
  readonly adamW: AdamWOptions;
}

/** The S-VAE's training step: L1 and KL, posterior drawn on the engine. */
export function vaeTrainingStep(
  { config, batch, klWeight, adamW }: VaeStepOptions,
): TrainingStep {
  const { image_size: size } = config;
  const images = input("images", [batch, 3, size, size]);
  const random = randomInputs(batch);
  const draw = (posterior: Posterior) =>
    samplePowerSpherical(posterior, {
      source: random.source,
      stream: STREAMS.posterior,
    });
  return {
    name: "train-vae",
    shapes: vaeShapes(config),
    inputs: { images, ...random.inputs },
    options: adamW,
    losses: (p) => {
      const forward = vaeForward(p, images, { config, klWeight, draw });
      const { loss, l1, l2, kl, kappa } = forward;
      return { loss, reported: { l1, l2, kl: mean(kl), kappa: mean(kappa) } };
    },
  };
}
