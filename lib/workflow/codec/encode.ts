import type { StageContext } from "../../pipeline/mod.ts";
import type { LatentViews } from "../../preset/mod.ts";
import { FrozenModel } from "../../nn/mod.ts";
import { encoderParts, type VaeModel } from "../../sample/mod.ts";
import {
  type Engine,
  type HostTensor,
  hostTensor,
  type Shape,
  zeros,
} from "../../tensor/mod.ts";
import type { View } from "../../train/mod.ts";
import { type LatentLaw, lawOf } from "../../model/mod.ts";
import {
  type HostPosterior,
  type ImageSource,
  mapPosterior,
} from "../sets/mod.ts";
import { drawEach } from "./draw.ts";

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

/** What is encoded, and with what. */
export interface EncodeOptions
  extends Pick<StageContext, "progress" | "signal"> {
  readonly images: ImageSource;
  /** Images in one engine call. */
  readonly batch: number;
  readonly engine: Engine;
}

/**
 * Encodes all views of all images.
 *
 * @returns f32 [images, views, N, ..] of every part
 */
export async function encodeViews(
  vae: VaeModel,
  { images, views, batch, engine, progress, signal }: EncodeOptions & {
    readonly views: readonly CachedView[];
  },
): Promise<HostPosterior> {
  const all = Array.from(
    { length: images.count },
    (_, picture) => views.map((view) => ({ picture, ...view })),
  ).flat();
  const found: Record<string, HostTensor<"f32">> = {};
  const encoder = await FrozenModel.create(engine, encoderParts(vae, batch));
  const task = progress.start({
    total: all.length,
    unit: "view",
  });
  for (let start = 0; start < all.length; start += batch) {
    signal.throwIfAborted();
    const part = all.slice(start, start + batch);
    // The last batch is filled up: programs have one batch size.
    const full = Array.from({ length: batch }, (_, i) => part[i] ?? part[0]!);
    const posterior = await encoder.run({
      images: await images.render(full),
    });
    for (const [name, { shape, data }] of Object.entries(posterior)) {
      const rest = shape.slice(1);
      const stored = found[name] ??= zeros("f32", [all.length, ...rest]);
      const size = data.length / batch;
      const rows = data.subarray(0, part.length * size);
      stored.data.set(rows, start * size);
    }
    task.advance(part.length);
  }
  task.finish();
  encoder.dispose();
  return mapPosterior(
    found,
    ({ shape, data }) =>
      hostTensor(
        "f32",
        [images.count, views.length, ...shape.slice(1)],
        data as Float32Array,
      ),
  );
}

/** Images as they are: not shifted, not mirrored. */
const UPRIGHT = [{ dx: 0, dy: 0, flip: false }];

/** Posteriors of images, and one draw of each. */
export interface EncodedImages {
  readonly posterior: HostPosterior;
  readonly law: LatentLaw;
  /** f32 [n, N, d]. */
  readonly sample: HostTensor<"f32">;
}

/** Encodes images as they are and draws one latent of each posterior. */
export async function encodeImages(
  vae: VaeModel,
  { seed, ...options }: EncodeOptions & Pick<StageContext, "seed">,
): Promise<EncodedImages> {
  const views = await encodeViews(vae, { ...options, views: UPRIGHT });
  const posterior = mapPosterior(views, withoutViews);
  const law = lawOf(vae.config);
  const sample = await drawEach(posterior, law, { ...options, seed });
  return { posterior, sample, law };
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
