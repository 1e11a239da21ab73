import type { StageContext } from "../../lib/pipeline/mod.ts";
import type { LatentViews } from "../../lib/preset/mod.ts";
import { vaeGrid } from "../../lib/model/mod.ts";
import { Encoder, type VaeModel } from "../../lib/sample/mod.ts";
import {
  type Engine,
  type HostTensor,
  hostTensor,
  type Shape,
} from "../../lib/tensor/mod.ts";
import { renderViews, type View } from "../../lib/train/mod.ts";
import { drawLatents, type HostPosterior } from "./draw.ts";
import type { LabelledImages } from "./images.ts";

/** A shift and flip that every image is encoded with. */
export type CachedView = Omit<View, "picture">;

/** The views of a cache: unshifted first, then each shift; each mirrored too. */
export function cachedViews({ shift, flip }: LatentViews): CachedView[] {
  const around = shift === 0
    ? []
    : [[shift, 0], [-shift, 0], [0, shift], [0, -shift]];
  const shifts = [[0, 0], ...around] as [number, number][];
  const flips = flip ? [false, true] : [false];
  return shifts.flatMap(([dx, dy]) => flips.map((flip) => ({ dx, dy, flip })));
}

/**
 * Encodes all views of all images.
 *
 * @returns mu f32 [images, views, N, d] and kappa f32 [images, views, N]
 */
export async function encodeViews(
  vae: VaeModel,
  { images, views, batch, engine, progress, signal }:
    & Pick<StageContext, "progress" | "signal">
    & {
      images: LabelledImages;
      views: readonly CachedView[];
      batch: number;
      engine: Engine;
    },
): Promise<HostPosterior> {
  const tokens = vaeGrid(vae.config) ** 2;
  const d = vae.config.latent_dim;
  const all = Array.from(
    { length: images.count },
    (_, picture) => views.map((view) => ({ picture, ...view })),
  ).flat();
  const mu = new Float32Array(all.length * tokens * d);
  const kappa = new Float32Array(all.length * tokens);
  const encoder = await Encoder.create(engine, vae, batch);
  const task = progress.start({
    label: "cache",
    total: all.length,
    unit: "view",
  });
  for (let start = 0; start < all.length; start += batch) {
    signal.throwIfAborted();
    const part = all.slice(start, start + batch);
    // The last batch is filled up: programs have one batch size.
    const full = Array.from({ length: batch }, (_, i) => part[i] ?? part[0]!);
    const posterior = await encoder.encode(renderViews(images, full));
    const rows = part.length * tokens;
    mu.set(posterior.mu.data.subarray(0, rows * d), start * tokens * d);
    kappa.set(posterior.kappa.data.subarray(0, rows), start * tokens);
    task.advance(part.length);
  }
  task.finish();
  encoder.dispose();
  const shape = [images.count, views.length, tokens];
  return {
    mu: hostTensor("f32", [...shape, d], mu),
    kappa: hostTensor("f32", shape, kappa),
  };
}

/** Images as they are: not shifted, not mirrored. */
const UPRIGHT = [{ dx: 0, dy: 0, flip: false }];

/** Posteriors of images, and one draw of each: f32 [n, N, d]. */
export interface EncodedImages extends HostPosterior {
  readonly sample: HostTensor<"f32">;
}

/** Encodes images as they are and draws one latent of each posterior. */
export async function encodeImages(
  vae: VaeModel,
  { seed, ...options }:
    & Pick<StageContext, "seed" | "progress" | "signal">
    & {
      readonly images: LabelledImages;
      readonly batch: number;
      readonly engine: Engine;
    },
): Promise<EncodedImages> {
  const views = await encodeViews(vae, { ...options, views: UPRIGHT });
  const posterior = {
    mu: withoutViews(views.mu),
    kappa: withoutViews(views.kappa),
  };
  const sample = await drawLatents(posterior, { ...options, seed });
  return { ...posterior, sample };
}

/** [n, 1, ..] as [n, ..]. */
function withoutViews({ dtype, shape, data }: HostTensor): HostTensor {
  return hostTensor(dtype, shape.toSpliced(1, 1), data as never);
}

/** [n, ..] as [n, 1, ..]: the one view of each image. */
export function asOneView({ dtype, shape, data }: HostTensor): HostTensor {
  const [count, ...rest] = shape as [number, ...Shape];
  return hostTensor(dtype, [count, 1, ...rest], data as never);
}
