import { input, mean } from "../tensor/mod.ts";
import { samplePowerSpherical } from "../sphere/mod.ts";
import { type Posterior, type VaeConfig, vaeShapes } from "../model/mod.ts";
import { vaeForward, vaeTerms } from "./losses.ts";
import { Objective } from "./objective.ts";
import { matrixNames, type UpdateRule } from "./player.ts";
import { randomInputs } from "./random_inputs.ts";
import type { TrainingStep } from "./step.ts";
import { STREAMS } from "./streams.ts";

/** What an S-VAE training step needs to know. */
export interface VaeStepOptions {
  readonly config: VaeConfig;
  readonly batch: number;
  readonly klWeight: number;
  readonly update: UpdateRule;
}

/** The S-VAE's training step: L1 and KL, posterior drawn on the engine. */
export function vaeTrainingStep(
  { config, batch, klWeight, update }: VaeStepOptions,
): TrainingStep<"generator"> {
  const { image_size: size } = config;
  const images = input("images", [batch, 3, size, size]);
  const random = randomInputs(batch);
  const draw = (posterior: Posterior) =>
    samplePowerSpherical(posterior, {
      source: random.source,
      stream: STREAMS.posterior,
    });
  const objective = new Objective(vaeTerms({ klWeight }));
  const shapes = vaeShapes(config);
  return {
    name: "train-vae",
    players: {
      generator: { ...update, shapes, decays: matrixNames(shapes) },
    },
    inputs: { images, ...random.inputs, ...objective.inputs },
    scalars: objective.scalars,
    build: ({ players }) => {
      const forward = vaeForward(players.generator, images, { config, draw });
      const { loss, reported } = objective.of(forward);
      return {
        losses: { generator: loss },
        reported: { ...reported, kappa: mean(forward.kappa) },
      };
    },
  };
}
