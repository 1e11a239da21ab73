import { UserError } from "../../artifact/mod.ts";
import type { PerceptualName } from "../../model/mod.ts";
import type { OfficialName } from "../../official/mod.ts";
import type { VaeTraining } from "../../preset/mod.ts";

const WEIGHTS: OfficialName = "vgg16-lpips";

/** How a person gets the weights of each network. */
const OBTAINED: Readonly<Record<PerceptualName, string>> = {
  "vgg16-lpips": `${WEIGHTS}, which "spherear fetch ${WEIGHTS}" gets`,
  classifier: 'the file that "spherear train-classifier" makes',
};

/**
 * Checks that the weights of a perceptual network are given where a training of
 * a VAE has such a term, and only there.
 *
 * @param options.file what was given, for the message
 * @param options.section what people call the training's numbers there
 * @throws {UserError} where they are needed and not given, or given and not needed
 */
export function checkPerceptualFile(
  perceptual: VaeTraining["perceptual"],
  { file, section }: {
    readonly file: string | undefined;
    readonly section: string;
  },
): void {
  const isRead = perceptual !== undefined && perceptual.weight > 0;
  if (isRead === (file !== undefined)) return;
  const weight = `${section}.perceptual.weight`;
  if (!isRead) {
    throw new UserError(
      `Cannot use "${file}": the training has no perceptual term; set ` +
        `${weight}, or leave --perceptual out`,
    );
  }
  const { network } = perceptual;
  throw new UserError(
    `Cannot train with a perceptual term of ${network}: expected --perceptual ` +
      `with ${OBTAINED[network]}; ${weight} 0 leaves it out`,
  );
}
