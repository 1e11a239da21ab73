import { UserError } from "../../artifact/mod.ts";
import { bindRandom, lossProbe, type TrainingStep } from "../../train/mod.ts";
import {
  classesOf,
  type LatentSet,
  type LatentSource,
  scaledPosterior,
} from "../sets/mod.ts";
import { equalBatches, VALIDATION_STEP } from "./rows.ts";
import type { Validator } from "./validation.ts";

/** Images that a validation looks at, at most. */
const MOST = 4096;

/** How an AR model in training is validated. */
export interface LatentValidation {
  /** Posteriors of held-out images. */
  readonly latents: LatentSource;
  /** Those that are trained on. */
  readonly trained: LatentSet;
  readonly batch: number;
  /** The training step without dropped classes, for any number of rows. */
  step(rows: number): TrainingStep;
  readonly seed: number;
  readonly signal: AbortSignal;
}

/**
 * The loss on held-out images as they are, at draws of latents, times and noise
 * that are the same each time. Latents that were cached by a scale of their own
 * are taken at the scale of those that are trained on.
 *
 * @throws {UserError} where the latents are not like those that are trained on
 */
export function latentValidator(
  { trained, batch, step, seed, signal, ...given }: LatentValidation,
): Validator {
  const latents = asTrained(given.latents, trained);
  const { rows, batches } = equalBatches(latents.images, { batch, most: MOST });
  const parts = lossProbe(step(rows));
  return {
    by: "loss",
    better: "lower",
    draws: false,
    async measure(moment) {
      let sum = 0;
      for (const [number, images] of batches.entries()) {
        signal.throwIfAborted();
        const views = images.map((image) => ({ image, view: 0 }));
        const { loss } = await moment.probe(parts, {
          ...await latents.read(views),
          classes: classesOf(latents, views),
          ...bindRandom(seed, { step: VALIDATION_STEP + number, rows }),
        });
        sum += loss.data[0]!;
      }
      return { figures: { loss: sum / batches.length } };
    },
  };
}

/**
 * Held-out latents at the scale of those that are trained on.
 *
 * @throws {UserError} naming what differs otherwise
 */
function asTrained(heldout: LatentSource, trained: LatentSet): LatentSource {
  for (const key of ["tokens", "d", "classes"] as const) {
    requireSame(key, heldout[key], trained[key]);
  }
  for (const key of ["posterior", "normalize"] as const) {
    requireSame(key, heldout.law[key], trained.law[key]);
  }
  const factor = scaleOf(trained) / scaleOf(heldout);
  return {
    ...heldout,
    law: trained.law,
    read: async (rows) => scaledPosterior(await heldout.read(rows), factor),
  };
}

function scaleOf({ law: { latent_scale = 1 } }: LatentSet): number {
  return latent_scale;
}

/** @throws {UserError} where two values differ */
function requireSame(key: string, found: unknown, expected: unknown): void {
  if (String(found) === String(expected)) return;
  throw new UserError(
    `Cannot validate on other latents: ${key} is ${found}, expected ` +
      `${expected}, as in those that are trained on`,
  );
}
