import { type HostTensor, mean, type Tensor } from "../../tensor/mod.ts";
import { type DiscriminatorConfig, discriminatorOf } from "../../model/mod.ts";
import {
  Parameters,
  type ParameterSpecs,
  prefixed,
  shapesOf,
} from "../../nn/mod.ts";
import { Objective, type Term } from "../objective.ts";
import { matrixNames, type Player, type UpdateRule } from "../player.ts";
import { mapValues } from "../records.ts";
import { ADVERSARIAL_LOSSES, type AdversarialLossName } from "./losses.ts";
import { discriminatorPasses, type GameParts } from "./passes.ts";
import type { Judgement } from "./regulariser.ts";
import {
  REGULARISER_NAMES,
  type RegulariserName,
  REGULARISERS,
} from "./regularisers.ts";

/**
 * An adversarial term, and how the discriminator is trained: with a number for
 * each regulariser, of which 0 leaves it out.
 */
export interface AdversarialOptions
  extends Readonly<Record<RegulariserName, number>> {
  readonly discriminator: DiscriminatorConfig;
  /** What the discriminator lowers. */
  readonly loss: AdversarialLossName;
  /** What the generator lowers against it. */
  readonly generatorLoss: AdversarialLossName;
  /** Weight of both losses. */
  readonly weight: number;
  /** First step (from 0) at which they count. */
  readonly from: number;
  /** Steps from there over which their weight grows. */
  readonly warmup: number;
  /** Images that batch norms norm together. */
  readonly batchNormRows: number;
}

/** What a generator sees of the game. */
export interface GeneratorView {
  /** Logits of what it made; there wherever there is an adversarial term. */
  readonly fake?: Tensor;
}

/** What a step computes of the adversarial game. */
export interface Game extends GeneratorView {
  readonly fake: Tensor;
  /** The discriminator's own loss. */
  readonly loss: Tensor;
  readonly reported: Readonly<Record<string, Tensor>>;
  /** Next values of {@linkcode Adversary.buffers}. */
  readonly buffers: Readonly<Record<string, Tensor>>;
}

/** The discriminator's side of a training against it. */
export class Adversary {
  /** The discriminator's parameters. */
  readonly specs: ParameterSpecs;
  /** What is kept from step to step beside them. */
  readonly buffers: Readonly<Record<string, HostTensor>>;
  /** The discriminator's objective. */
  readonly objective: Objective<Judgement>;
  readonly #options: AdversarialOptions;
  readonly #regularisers: readonly RegulariserName[];

  constructor(options: AdversarialOptions) {
    const { discriminator } = options;
    const network = discriminatorOf(discriminator);
    this.#options = options;
    this.#regularisers = regularisersOf(options);
    this.specs = network.specs(discriminator);
    const kept = this.#regularisers
      .map((name) => prefixed(name, REGULARISERS[name].buffers));
    this.buffers = startOf(
      Object.assign({}, network.buffers(discriminator), ...kept),
    );
    this.objective = new Objective(termsOf(options));
  }

  /** The discriminator as a player; no average is kept of it. */
  player({ optimizer, schedule, clip }: UpdateRule): Player {
    const shapes = shapesOf(this.specs);
    return { optimizer, schedule, clip, shapes, decays: matrixNames(shapes) };
  }

  /**
   * Rows that are never parted, where the discriminator has batch norms.
   */
  get rowsTogether(): { rows: number; because: string } | undefined {
    const { discriminator, batchNormRows: rows } = this.#options;
    const buffers = discriminatorOf(discriminator).buffers(discriminator);
    if (Object.keys(buffers).length === 0) return undefined;
    const because = `the discriminator norms ${rows} images together`;
    return { rows, because };
  }

  /** What the generator lowers against the discriminator. */
  generatorTerm(): Term<GeneratorView> {
    const { generatorLoss, weight, from, warmup } = this.#options;
    const { generator } = ADVERSARIAL_LOSSES[generatorLoss];
    const of = ({ fake }: GeneratorView) => generator(fake!);
    return { name: "adversarial", weight, from, warmup, of };
  }

  /** Plays one step; all is made from the weights before it. */
  play(parts: GameParts): Game {
    const { discriminator: config, batchNormRows: rows } = this.#options;
    const { forGenerator, buffers, ...logits } = discriminatorPasses(parts, {
      config,
      rows,
    });
    const kept = new Parameters(parts.buffers);
    const judgement = { ...logits, images: parts.images, kept };
    const { loss, reported } = this.objective.of(judgement);
    const moved = this.#regularisers.map((name) =>
      prefixed(name, REGULARISERS[name].next(seenBy(name, judgement)))
    );
    return {
      fake: forGenerator,
      loss,
      reported,
      buffers: Object.assign({}, buffers, ...moved),
    };
  }
}

/** The regularisers that count. */
function regularisersOf(options: AdversarialOptions): RegulariserName[] {
  return REGULARISER_NAMES.filter((name) => options[name] !== 0);
}

/** What a regulariser sees: its own buffers. */
function seenBy(name: RegulariserName, judgement: Judgement): Judgement {
  return { ...judgement, kept: judgement.kept.at(name) };
}

/** What the discriminator lowers, by name in logs. */
function termsOf(options: AdversarialOptions): Term<Judgement>[] {
  const { loss, weight, from, warmup } = options;
  const since = { from, warmup };
  const { discriminator } = ADVERSARIAL_LOSSES[loss];
  return [
    { name: "discriminator", weight, ...since, of: discriminator },
    { name: "logits/real", weight: 0, of: ({ real }) => mean(real) },
    { name: "logits/fake", weight: 0, of: ({ fake }) => mean(fake) },
    ...regularisersOf(options).map((name) => ({
      name,
      weight: options[name] * REGULARISERS[name].scale,
      ...since,
      of: (judgement: Judgement) =>
        REGULARISERS[name].of(seenBy(name, judgement)),
    })),
  ];
}

/** Starting values of buffers, of which none is drawn. */
function startOf(specs: ParameterSpecs): Record<string, HostTensor> {
  const draws = { uniform: () => NaN, normal: () => NaN };
  return mapValues(specs, ({ shape, start }) => start(shape, draws));
}
