import { UserError } from "../../artifact/mod.ts";
import { CENTRE } from "../../image/mod.ts";
import { type LatentLaw, lawOf, vaeGrid } from "../../model/mod.ts";
import type { ArTraining, InSteps } from "../../preset/mod.ts";
import type { VaeModel } from "../../sample/mod.ts";
import { type Batch, type BatchOptions, bindRandom } from "../../train/mod.ts";
import { type Engine, inLane } from "../../tensor/mod.ts";
import {
  classesOf,
  drawByClass,
  type HostPosterior,
  type ImageSource,
  imageViews,
  type LatentSet,
  mapPosterior,
  scaledPosterior,
} from "../sets/mod.ts";
import { asOneView, ViewEncoder } from "./encode.ts";
import { factorOf, needsScale, scaledLaw } from "./scale.ts";

/** Most views in one engine call. */
const AT_ONCE = 32;

/**
 * Views in one engine call where a step has some images. Where its parts are
 * given each is cut evenly, so that a view is encoded beside the same others
 * whoever does it.
 */
export function viewsAtOnce(
  { batch, parts }: Pick<ArTraining, "batch" | "parts">,
): number {
  if (parts === undefined) return Math.min(AT_ONCE, batch);
  const rows = batch / parts;
  let calls = Math.ceil(rows / AT_ONCE);
  while (rows % calls > 0) calls++;
  return rows / calls;
}

/** Images on whose latents a scale is measured. */
const MEASURED = 256;

/** Latents that a training is fed with. */
export interface ArLatents extends LatentSet, Disposable {
  /** The batch of a step, or rows of it: by seed, step and row alone. */
  batch(step: number, options?: Partial<BatchOptions>): Promise<Batch>;
}

/** What is encoded, and with what. */
interface Encoding {
  readonly images: ImageSource;
  readonly engine: Engine;
  readonly seed: number;
  readonly signal: AbortSignal;
}

/**
 * Latents of images that are encoded when a step asks for them, as the release
 * trains: random views of the step's images, each of a class that may be mirrored
 * mirrored or not. Off the sphere they are scaled as a cache is, by images that
 * are spread over the set. The images go with them.
 *
 * @throws {UserError} where nothing says how images are seen
 */
export async function encodedLatents(
  vae: VaeModel,
  { images, engine, seed, signal }: Encoding,
  { augmentation, flip = true, classPower, ...numbers }: InSteps<ArTraining>,
): Promise<ArLatents> {
  if (augmentation === undefined) {
    throw new UserError(
      "Cannot encode images for a training: expected " +
        "training.augmentation, such as centre-crop",
    );
  }
  const { labels, classes, flips } = images;
  const { config } = vae;
  const batch = viewsAtOnce(numbers);
  const encoder = await ViewEncoder.create(vae, {
    engine: numbers.parts === undefined ? engine : inLane(engine),
    batch,
  });
  const own = lawOf(config);
  const law = await measuredLaw(own, encoder, {
    images,
    engine,
    batch,
    seed,
    signal,
  });
  const factor = factorOf(law, own);
  const views = imageViews(images, {
    ...numbers,
    augmentation,
    seed,
    mayFlip: (image) => flip && flips[labels[image]!] === true,
    draw: drawByClass(images, classPower),
  });
  const all = { start: 0, count: numbers.batch };
  return {
    images: images.count,
    tokens: vaeGrid(config) ** 2,
    d: config.latent_dim,
    law,
    labels,
    classes,
    async batch(step, { rows: { start, count } = all } = {}) {
      const shown = views(step, { start, count });
      const posterior = await encoder.encode(images, shown);
      const rows = shown.map(({ picture }) => ({ image: picture }));
      return {
        ...scaledPosterior(posterior, factor),
        classes: classesOf(images, rows),
        ...bindRandom(seed, { step, rows: count, start }),
      };
    },
    [Symbol.dispose]() {
      encoder.dispose();
      images[Symbol.dispose]();
    },
  };
}

/** A law with the scale that some images' latents have, where it needs one. */
async function measuredLaw(
  law: LatentLaw,
  encoder: ViewEncoder,
  { images, ...tools }: Encoding & { readonly batch: number },
): Promise<LatentLaw> {
  if (!needsScale(law)) return law;
  const count = Math.min(MEASURED, images.count);
  const spread = Array.from({ length: count }, (_, i) => ({
    picture: Math.floor(i * images.count / count),
    crop: CENTRE,
    flip: false,
  }));
  const posterior = await encoder.encode(images, spread, tools);
  async function* parts(): AsyncGenerator<HostPosterior> {
    yield mapPosterior(posterior, asOneView);
  }
  return await scaledLaw(law, parts(), tools);
}
