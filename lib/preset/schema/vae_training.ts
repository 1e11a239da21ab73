import { z } from "zod";
import {
  DISCRIMINATORS,
  type DiscriminatorSizes,
  PERCEPTUAL_NETWORKS,
} from "../../model/mod.ts";
import {
  ADVERSARIAL_LOSSES,
  RECONSTRUCTION_ERRORS,
  REGULARISER_NAMES,
  type RegulariserName,
  REGULARISERS,
} from "../../train/mod.ts";
import { checkAugmentation, checkDecay } from "./augmentation.ts";
import { size, steps, weight } from "./bounds.ts";
import { requireOneLength } from "./length.ts";
import { namesOf } from "./names.ts";
import { shapeOf } from "./size_table.ts";
import { VAE_NUMBERS } from "./training.ts";

/** A perceptual term (Section 4.1). */
const PERCEPTUAL = z.strictObject({
  network: namesOf(PERCEPTUAL_NETWORKS).describe("whose features are compared"),
  weight: weight().describe("weight of the term; 0 leaves it out"),
  dropout: z.boolean().describe("drop features at random, as the release does"),
});

/** Sizes of all discriminators; which are needed is checked. */
const ALL_SIZES = Object.assign(
  {},
  ...Object.values(DISCRIMINATORS).map(({ sizes }) => shapeOf(sizes)),
) as Readonly<Record<keyof DiscriminatorSizes, z.ZodType<number>>>;

/** A number for each regulariser, which need not be said. */
function regularisers(): Record<
  RegulariserName,
  z.ZodOptional<z.ZodNumber>
> {
  const entries = REGULARISER_NAMES.map((name) => {
    const help = `${REGULARISERS[name].help} (default: 0, which leaves it out)`;
    return [name, weight().optional().describe(help)] as const;
  });
  return Object.fromEntries(entries) as ReturnType<typeof regularisers>;
}

/** An adversarial term (Section 4.1). */
const ADVERSARIAL = z.strictObject({
  discriminator: namesOf(DISCRIMINATORS).describe(
    "the network that judges reconstructions",
  ),
  ...z.object(ALL_SIZES).partial().shape,
  loss: namesOf(ADVERSARIAL_LOSSES).describe("loss of the discriminator"),
  generatorLoss: namesOf(ADVERSARIAL_LOSSES).describe(
    "loss of the S-VAE against it",
  ),
  weight: weight().describe("weight of that loss; 0 leaves the term out"),
  from: steps().describe("step at which it sets in"),
  warmup: steps().describe("steps over which its weight grows from there"),
  batchNormRows: size().optional().describe(
    "images that PatchGAN's batch norms norm together (default: the batch)",
  ),
  ...regularisers(),
}).superRefine((said, context) => {
  const { discriminator } = said;
  const needed: object = DISCRIMINATORS[discriminator].sizes;
  for (const name of Object.keys(ALL_SIZES) as (keyof DiscriminatorSizes)[]) {
    const given = said[name] !== undefined;
    if (given === Object.hasOwn(needed, name)) continue;
    const message = given
      ? `expected none with ${discriminator}`
      : `expected a number, which ${discriminator} needs`;
    context.addIssue({ code: "custom", path: [name], message });
  }
});

/** Training of the S-VAE. */
export const VAE_TRAINING = z.strictObject({
  ...VAE_NUMBERS.shape,
  reconstruction: namesOf(RECONSTRUCTION_ERRORS).optional().describe(
    "error of reconstructions that is lowered (default: l1)",
  ),
  perceptual: PERCEPTUAL.optional(),
  adversarial: ADVERSARIAL.optional(),
}).superRefine(requireOneLength).superRefine(checkAugmentation).superRefine(
  checkDecay,
);

/** Training of the S-VAE. */
export type VaeTraining = Readonly<z.infer<typeof VAE_TRAINING>>;
