import { type ArtifactReader, UserError } from "../../artifact/mod.ts";
import type { StageContext } from "../../pipeline/mod.ts";
import type { ArTraining, InSteps } from "../../preset/mod.ts";
import { readVae } from "../models/mod.ts";
import {
  checkImagesOfVae,
  latentBatches,
  openImages,
  openLatents,
} from "../sets/mod.ts";
import { type ArLatents, encodedLatents } from "./encoded_latents.ts";

/** What an AR training reads: latents, or images and what encodes them. */
export interface ArInputs {
  readonly latents?: ArtifactReader | undefined;
  readonly images?: ArtifactReader | undefined;
  readonly svae?: ArtifactReader | undefined;
}

/** Where latents of a training come from, before it is known how it goes through them. */
export interface ArSource {
  /** How many there are. */
  readonly images: number;
  /** Starts the training's way through them. */
  start(
    numbers: InSteps<ArTraining>,
    tools: Pick<StageContext, "engine" | "seed" | "signal">,
  ): Promise<ArLatents>;
}

/**
 * Checks that a training has latents, or images with a VAE that they fit.
 *
 * @throws {UserError} saying what to give
 */
export function checkArInputs({ latents, images, svae }: ArInputs): void {
  const given = images === undefined ? svae : images;
  if (latents !== undefined && given !== undefined) {
    throw new UserError(
      `Cannot train on "${latents.name}" and "${given.name}": expected ` +
        "--latents, or --images with --svae",
    );
  }
  if (images !== undefined && svae === undefined) {
    throw new UserError(
      `Cannot train on "${images.name}": expected --svae, which encodes images`,
    );
  }
  if (images && svae) checkImagesOfVae({ images, svae });
}

/**
 * Opens what a training reads.
 *
 * @throws {UserError} naming the file, what was found and what was expected
 */
export async function openArSource(inputs: ArInputs): Promise<ArSource> {
  checkArInputs(inputs);
  const { latents: cached, images: pictures, svae } = inputs;
  if (cached !== undefined) {
    const latents = await openLatents(cached);
    return {
      images: latents.images,
      start: (numbers, { seed }) =>
        Promise.resolve({
          ...latents,
          batch: latentBatches(latents, { ...numbers, seed }),
          [Symbol.dispose]() {},
        }),
    };
  }
  const vae = await readVae(svae!);
  const images = await openImages(pictures!, vae.config.image_size);
  return {
    images: images.count,
    async start(numbers, { engine, ...tools }) {
      try {
        const encoding = { images, ...tools, engine: await engine() };
        return await encodedLatents(vae, encoding, numbers);
      } catch (error) {
        images[Symbol.dispose]();
        throw error;
      }
    },
  };
}
