import { input, mean, type Tensor } from "../tensor/mod.ts";
import {
  posteriorOf,
  type PosteriorParts,
  spreadsOf,
  type VaeConfig,
  vaeShapes,
} from "../model/mod.ts";
import {
  type AdversarialOptions,
  Adversary,
  type GeneratorView,
} from "./adversarial/mod.ts";
import { type VaeForward, vaeForward, vaeTerms } from "./losses.ts";
import { Objective } from "./objective.ts";
import { matrixNames, type UpdateRule } from "./player.ts";
import {
  type PerceptualForward,
  type PerceptualOptions,
  perceptualTerm,
} from "./perceptual_term.ts";
import { type RandomInputs, randomInputs } from "./random_inputs.ts";
import type { StepParts, StepValues, TrainingStep } from "./step.ts";
import { STREAMS } from "./streams.ts";

/** What an S-VAE training step needs to know. */
export interface VaeStepOptions {
  readonly config: VaeConfig;
  readonly batch: number;
  readonly klWeight: number;
  /** Error of reconstructions that is lowered: L1 unless given. */
  readonly reconstruction?: "l1" | "l2" | undefined;
  readonly update: UpdateRule;
  readonly perceptual?: PerceptualOptions;
  /** The discriminator is trained by the same rule as the VAE. */
  readonly adversarial?: AdversarialOptions;
}

/** What the objective is made from. */
interface StepForward extends VaeForward, PerceptualForward, GeneratorView {}

/**
 * The S-VAE's training step, posterior drawn on the engine: L1 and KL, with a
 * perceptual and an adversarial term where they are given. The discriminator is
 * a player of its own: both losses are made from the same reconstruction.
 */
export function vaeTrainingStep(options: VaeStepOptions): TrainingStep {
  const { config, batch, update, perceptual, adversarial } = options;
  const { image_size: size } = config;
  const images = input("images", [batch, 3, size, size]);
  const random = randomInputs(batch);
  const adversary = adversarial && new Adversary(adversarial);
  const objective = new Objective<StepForward>([
    ...vaeTerms(options),
    ...perceptual ? [perceptualTerm(perceptual, random.source)] : [],
    ...adversary ? [adversary.generatorTerm()] : [],
  ]);
  const shapes = vaeShapes(config);
  return {
    name: "train-vae",
    players: {
      generator: { ...update, shapes, decays: matrixNames(shapes) },
      ...adversary && { discriminator: adversary.player(update) },
    },
    ...perceptual && { frozen: perceptual.weights },
    ...adversary && { buffers: adversary.buffers },
    inputs: {
      images,
      ...random.inputs,
      ...objective.inputs,
      ...adversary?.objective.inputs,
    },
    scalars: { ...objective.scalars, ...adversary?.objective.scalars },
    ...adversary?.rowsTogether && { rowsTogether: adversary.rowsTogether },
    build: (parts) =>
      stepValues(parts, { config, images, random, objective, adversary }),
  };
}

/** What the values of a step are made with. */
interface StepContext {
  readonly config: VaeConfig;
  readonly images: Tensor;
  readonly random: RandomInputs;
  readonly objective: Objective<StepForward>;
  readonly adversary: Adversary | undefined;
}

/** Losses of the players, what is reported, and the buffers' next values. */
function stepValues(
  { players, frozen, buffers }: StepParts,
  { config, images, random, objective, adversary }: StepContext,
): StepValues {
  const draw = (posterior: PosteriorParts) =>
    posteriorOf(config).draw(posterior, {
      source: random.source,
      stream: STREAMS.posterior,
    });
  const forward = vaeForward(players.generator!, images, { config, draw });
  const game = adversary?.play({
    parameters: players.discriminator!,
    buffers,
    images,
    reconstruction: forward.reconstruction,
  });
  const spreads = spreadsOf(posteriorOf(config))
    .map(([name]) => [name, mean(forward.posterior[name]!)] as const);
  const { loss, reported } = objective.of({
    ...forward,
    images,
    frozen,
    ...game,
  });
  return {
    losses: { generator: loss, ...game && { discriminator: game.loss } },
    reported: {
      ...reported,
      ...game?.reported,
      ...Object.fromEntries(spreads),
    },
    ...game && { buffers: game.buffers },
  };
}
