import { isOnSphere, type LatentLaw, lawOf } from "../../model/mod.ts";
import type { VaeModel } from "../../sample/mod.ts";
import { hostTensor } from "../../tensor/mod.ts";
import {
  type HostPosterior,
  mapPosterior,
  scaledPosterior,
} from "../sets/mod.ts";
import { drawEach, type DrawTools } from "./draw.ts";
import { type CachedView, type EncodeOptions, encodeViews } from "./encode.ts";

/** Posteriors as the AR model has them, and their law. */
export interface ScaledPosterior {
  readonly posterior: HostPosterior;
  readonly law: LatentLaw;
}

/**
 * Encodes all views of all images as an AR model is to have them: posteriors off
 * the sphere are scaled so that draws have deviation 1, as latent diffusion and
 * MAR do. It is measured on a draw of every image's first view, unless the VAE's
 * sizes say the scale.
 *
 * @returns posteriors [images, views, N, ..]
 */
export async function encodeScaledViews(
  vae: VaeModel,
  options: EncodeOptions & DrawTools & {
    readonly views: readonly CachedView[];
  },
): Promise<ScaledPosterior> {
  const posterior = await encodeViews(vae, options);
  const law = lawOf(vae.config);
  if (isOnSphere(law) || law.latent_scale !== undefined) {
    return { posterior, law };
  }
  const { data } = await drawEach(firstViews(posterior), law, options);
  const latent_scale = 1 / deviationOf(data);
  return {
    posterior: scaledPosterior(posterior, latent_scale),
    law: { ...law, latent_scale },
  };
}

/** [images, views, ..] as [images, ..]. */
export function firstViews(posterior: HostPosterior): HostPosterior {
  return mapPosterior(posterior, ({ shape, data }) => {
    const [images, views, ...rest] = shape as [number, number, ...number[]];
    const size = data.length / images / views;
    const kept = new Float32Array(images * size);
    for (let image = 0; image < images; image++) {
      const start = image * views * size;
      kept.set(data.subarray(start, start + size), image * size);
    }
    return hostTensor("f32", [images, ...rest], kept);
  });
}

/** Standard deviation of all numbers. */
function deviationOf(data: ArrayLike<number>): number {
  const { length } = data;
  let [sum, squares] = [0, 0];
  for (let i = 0; i < length; i++) sum += data[i]!;
  const mean = sum / length;
  for (let i = 0; i < length; i++) squares += (data[i]! - mean) ** 2;
  return Math.sqrt(squares / length);
}
