import type { ArtifactReader } from "../../artifact/mod.ts";
import { checkVaeConfig } from "../../model/mod.ts";
import type { NumbersOf } from "../options/mod.ts";
import { checkImages } from "../sets/mod.ts";
import { givenVaeStart } from "./given.ts";
import { adversarialOf, vaeTerms } from "./vae_terms.ts";

/** Sizes of a VAE and the numbers of its training. */
type VaeNumbers = NumbersOf<"train-vae">;

/** What a training of a VAE reads. */
interface VaeInputs {
  readonly images: ArtifactReader;
  readonly heldout: ArtifactReader | undefined;
  readonly perceptual: ArtifactReader | undefined;
  readonly init: ArtifactReader | undefined;
}

/**
 * Checks that the numbers of a training of a VAE fit each other.
 *
 * @throws {RangeError} naming the number, what was found and what was expected
 */
export function checkVaeNumbers({ vae, training }: VaeNumbers): void {
  checkVaeConfig(vae);
  adversarialOf(training, vae.image_size);
}

/**
 * Checks that what a training of a VAE reads fits its numbers, by what files say
 * of themselves.
 *
 * @throws {UserError} naming the file, what was found and what was expected
 */
export async function checkVaeInputs(
  { vae, training }: VaeNumbers,
  { images, heldout, perceptual, init }: VaeInputs,
): Promise<void> {
  const { image_size: imageSize } = vae;
  checkImages(images, imageSize);
  if (heldout !== undefined) checkImages(heldout, imageSize);
  await vaeTerms(training, { file: perceptual, imageSize });
  givenVaeStart(init, { config: { ...vae } });
}
