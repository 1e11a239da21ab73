import { UserError } from "../../artifact/mod.ts";
import { type HostTensor, hostTensor, zeros } from "../../tensor/mod.ts";
import {
  type Batch,
  bindRandom,
  lossProbe,
  type TrainingStep,
} from "../../train/mod.ts";
import { type Latents, scaledPosterior } from "../sets/mod.ts";
import { equalBatches, VALIDATION_STEP } from "./rows.ts";
import type { Validator } from "./validation.ts";

/** Images that a validation looks at, at most. */
const MOST = 4096;

/** How an AR model in training is validated. */
export interface LatentValidation {
  /** Posteriors of held-out images. */
  readonly latents: Latents;
  /** Those that are trained on. */
  readonly trained: Latents;
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
    async measure(moment) {
      let sum = 0;
      for (const [number, images] of batches.entries()) {
        signal.throwIfAborted();
        const { loss } = await moment.probe(parts, {
          ...latentsOf(latents, images),
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
function asTrained(heldout: Latents, trained: Latents): Latents {
  for (const key of ["tokens", "d", "classes"] as const) {
    requireSame(key, heldout[key], trained[key]);
  }
  for (const key of ["posterior", "normalize"] as const) {
    requireSame(key, heldout.law[key], trained.law[key]);
  }
  const factor = scaleOf(trained) / scaleOf(heldout);
  const parts = scaledPosterior(heldout.parts, factor);
  return { ...heldout, parts, law: trained.law };
}

function scaleOf({ law: { latent_scale = 1 } }: Latents): number {
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

/** Posteriors and classes of some images, in their first view. */
function latentsOf(
  { parts, views, labels }: Latents,
  images: readonly number[],
): Batch {
  const rows: Record<string, HostTensor> = {};
  for (const [name, { shape, data }] of Object.entries<HostTensor>(parts)) {
    const part = zeros("f32", [images.length, ...shape.slice(2)]);
    const size = part.data.length / images.length;
    images.forEach((image, row) => {
      const from = image * views * size;
      part.data.set(data.subarray(from, from + size), row * size);
    });
    rows[name] = part;
  }
  const classes = Int32Array.from(images, (image) => labels[image]!);
  return { ...rows, classes: hostTensor("i32", [images.length], classes) };
}
