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
import { gradientPenalty } from "./gradient_penalty.ts";
import { lecam, LECAM_BUFFERS, lecamAverages } from "./lecam.ts";
import {
  ADVERSARIAL_LOSSES,
  type AdversarialLossName,
  type RealAndFake,
} from "./losses.ts";
import { discriminatorPasses, type GameParts } from "./passes.ts";

/** An adversarial term, and how the discriminator is trained. */
export interface AdversarialOptions {
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
  /** Weight of LeCAM's regulariser of the discriminator; 0 leaves it out. */
  readonly lecam: number;
  /** gamma of R1, whose term is gamma / 2 times the penalty; 0 leaves it out. */
  readonly r1: number;
  /** Images that batch norms norm together. */
  readonly batchNormRows: number;
}

/** What the discriminator's losses are made from. */
interface Judgement extends RealAndFake {
  /** [B, 3, H, W]. */
  readonly images: Tensor;
  /** LeCAM's averages before the step, where it counts. */
  readonly averages: Parameters;
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

/** What stands before LeCAM's buffers; the discriminator's have its own names. */
const LECAM = "lecam";

/** The discriminator's side of a training against it. */
export class Adversary {
  /** The discriminator's parameters. */
  readonly specs: ParameterSpecs;
  /** What is kept from step to step beside them. */
  readonly buffers: Readonly<Record<string, HostTensor>>;
  /** The discriminator's objective. */
  readonly objective: Objective<Judgement>;
  readonly #options: AdversarialOptions;

  constructor(options: AdversarialOptions) {
    const { discriminator } = options;
    const network = discriminatorOf(discriminator);
    this.#options = options;
    this.specs = network.specs(discriminator);
    this.buffers = startOf({
      ...network.buffers(discriminator),
      ...options.lecam === 0 ? {} : prefixed(LECAM, LECAM_BUFFERS),
    });
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
    const averages = new Parameters(parts.buffers).at(LECAM);
    const { loss, reported } = this.objective.of({
      ...logits,
      images: parts.images,
      averages,
    });
    const moved = this.#options.lecam === 0
      ? {}
      : prefixed(LECAM, lecamAverages(logits, averages));
    return {
      fake: forGenerator,
      loss,
      reported,
      buffers: { ...buffers, ...moved },
    };
  }
}

/** What the discriminator lowers, by name in logs. */
function termsOf(
  { loss, weight, from, warmup, ...weights }: AdversarialOptions,
): Term<Judgement>[] {
  const since = { from, warmup };
  const { discriminator } = ADVERSARIAL_LOSSES[loss];
  const terms: Term<Judgement>[] = [
    { name: "discriminator", weight, ...since, of: discriminator },
    { name: "logits/real", weight: 0, of: ({ real }) => mean(real) },
    { name: "logits/fake", weight: 0, of: ({ fake }) => mean(fake) },
  ];
  if (weights.lecam !== 0) {
    const of = (game: Judgement) => lecam(game, game.averages);
    terms.push({ name: "lecam", weight: weights.lecam, ...since, of });
  }
  if (weights.r1 !== 0) {
    const of = ({ real, images }: Judgement) => gradientPenalty(real, images);
    terms.push({ name: "r1", weight: weights.r1 / 2, ...since, of });
  }
  return terms;
}

/** Starting values of buffers, of which none is drawn. */
function startOf(specs: ParameterSpecs): Record<string, HostTensor> {
  const draws = { uniform: () => NaN, normal: () => NaN };
  return mapValues(specs, ({ shape, start }) => start(shape, draws));
}
