import { UserError } from "../artifact/mod.ts";
import type { Length } from "./schema/length.ts";

/** Numbers of a training whose length is known in steps. */
export type InSteps<N> = Omit<N, keyof Length> & { readonly steps: number };

/**
 * The numbers of a training on some images with its length in steps. An epoch
 * has as many as there are whole batches, as the release's loader drops the last
 * images.
 *
 * @throws {UserError} where the images fill no batch
 */
export function inSteps<N extends Length & { readonly batch: number }>(
  { steps, epochs, ...numbers }: N,
  images: number,
): InSteps<N> {
  if (steps !== undefined) return { steps, ...numbers };
  const { batch } = numbers;
  const stepsOfEpoch = Math.floor(images / batch);
  if (stepsOfEpoch === 0) {
    throw new UserError(
      `Cannot train for ${epochs} epochs on ${images} images: expected a ` +
        `batch of ${batch} at least; set batch, or steps in place of epochs`,
    );
  }
  return {
    steps: Math.max(1, Math.round(epochs! * stepsOfEpoch)),
    ...numbers,
  };
}
