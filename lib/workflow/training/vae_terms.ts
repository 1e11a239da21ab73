import type { ArtifactReader } from "../../artifact/mod.ts";
import {
  type DiscriminatorConfig,
  discriminatorOf,
  type VaeConfig,
  vaeSpecs,
} from "../../model/mod.ts";
import type { VaeTraining } from "../../preset/mod.ts";
import {
  type AdversarialOptions,
  Adversary,
  type PerceptualOptions,
  REGULARISER_NAMES,
  type RegulariserName,
} from "../../train/mod.ts";
import type { ParameterSpecs } from "../../nn/mod.ts";
import { readPerceptual } from "../models/mod.ts";
import { checkPerceptualFile } from "../options/mod.ts";

/** Numbers of a training that choose its terms. */
type Numbers = Pick<VaeTraining, "batch" | "perceptual" | "adversarial">;

/** What a training has beside its reconstruction error and divergence. */
export interface VaeTerms {
  readonly perceptual?: PerceptualOptions;
  readonly adversarial?: AdversarialOptions;
}

/** What the terms are made for. */
interface TermsOf {
  /** Weights of the perceptual network, where they are given. */
  readonly file: ArtifactReader | undefined;
  /** Height and width of the images. */
  readonly imageSize: number;
}

/**
 * The perceptual and the adversarial term that a training is to have.
 *
 * @throws {UserError} where weights are needed and not given, or given and not
 *   needed, or are another network's
 * @throws {RangeError} where numbers do not fit each other
 */
export async function vaeTerms(
  numbers: Numbers,
  of: TermsOf,
): Promise<VaeTerms> {
  const adversarial = adversarialOf(numbers, of.imageSize);
  const perceptual = await perceptualOf(numbers, of);
  return { ...perceptual && { perceptual }, ...adversarial && { adversarial } };
}

/** The parameters of each player of a training with such terms. */
export function vaePlayerSpecs(
  config: VaeConfig,
  { adversarial }: VaeTerms,
): Readonly<Record<string, ParameterSpecs>> {
  const generator = vaeSpecs(config);
  if (adversarial === undefined) return { generator };
  return { generator, discriminator: new Adversary(adversarial).specs };
}

/**
 * The perceptual term that a training is to have, with its weights.
 *
 * @throws {UserError} where the weights are needed and not given, or given and
 *   not needed, or are another network's
 */
async function perceptualOf(
  { perceptual }: Numbers,
  { file, imageSize }: TermsOf,
): Promise<PerceptualOptions | undefined> {
  checkPerceptualFile(perceptual, { file: file?.name, section: "training" });
  if (perceptual === undefined || file === undefined) return undefined;
  const { network, weight, dropout } = perceptual;
  const model = await readPerceptual(file, { network, imageSize });
  return { ...model, weight, dropout };
}

/**
 * The adversarial term that a training is to have.
 *
 * @param imageSize height and width of the images
 * @throws {RangeError} where its numbers do not fit each other
 */
export function adversarialOf(
  { adversarial, batch }: Numbers,
  imageSize: number,
): AdversarialOptions | undefined {
  if (adversarial === undefined || adversarial.weight === 0) return undefined;
  const { batchNormRows = batch, loss, generatorLoss } = adversarial;
  const { weight, from, warmup } = adversarial;
  const discriminator = configOf(adversarial, imageSize);
  if (batch % batchNormRows === 0) {
    const losses = { loss, generatorLoss, weight, from, warmup };
    const kept = regularisersOf(adversarial);
    return { ...losses, ...kept, discriminator, batchNormRows };
  }
  throw new RangeError(
    `Cannot norm ${batchNormRows} images together: expected batchNormRows ` +
      `that divides the batch of ${batch}`,
  );
}

/** The numbers of regularisers, of all numbers of the term. */
function regularisersOf(
  numbers: Readonly<Partial<Record<RegulariserName, number | undefined>>>,
): Record<RegulariserName, number> {
  const entries = REGULARISER_NAMES.map((name) => [name, numbers[name] ?? 0]);
  return Object.fromEntries(entries);
}

/** The sizes that people choose of a discriminator, of all numbers of the term. */
function configOf(
  { discriminator: name, ...numbers }: NonNullable<VaeTraining["adversarial"]>,
  imageSize: number,
): DiscriminatorConfig {
  const row = discriminatorOf({ name });
  const chosen = Object.entries(numbers)
    .filter(([size]) => Object.hasOwn(row.sizes, size));
  const config = row.configOf(
    // The preset's schema saw to it that they are all there.
    Object.fromEntries(chosen) as Record<string, number>,
    imageSize,
  );
  row.check(config, imageSize);
  return config;
}
