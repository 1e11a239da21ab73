import { isOnSphere, type LatentLaw } from "../../model/mod.ts";
import { hostTensor } from "../../tensor/mod.ts";
import { type HostPosterior, mapPosterior } from "../sets/mod.ts";
import { drawEach, type DrawTools } from "./draw.ts";

/**
 * A law with the scale that gives draws of these posteriors a deviation of 1,
 * where latents lie off the sphere and the VAE's sizes do not say a scale, as
 * latent diffusion and MAR do it. It is measured on a draw of every image's first
 * view.
 *
 * @param parts posteriors of the images in their order, [images, views, N, ..] each
 */
export async function scaledLaw(
  law: LatentLaw,
  parts: AsyncIterable<HostPosterior>,
  tools: DrawTools,
): Promise<LatentLaw> {
  if (!needsScale(law)) return law;
  const spread = new Spread();
  let first = 0;
  for await (const part of parts) {
    const { data } = await drawEach(firstViews(part), law, { ...tools, first });
    spread.add(data);
    first += part.mu.shape[0]!;
  }
  return { ...law, latent_scale: 1 / spread.deviation };
}

/** [images, views, ..] as [images, ..]. */
function firstViews(posterior: HostPosterior): HostPosterior {
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

/**
 * The standard deviation of numbers that come in parts: means and sums of
 * squares about them are joined (Chan, Golub and LeVeque 1983).
 */
class Spread {
  #count = 0;
  #mean = 0;
  #squares = 0;

  add(data: ArrayLike<number>): void {
    const { length } = data;
    let [sum, squares] = [0, 0];
    for (let i = 0; i < length; i++) sum += data[i]!;
    const mean = sum / length;
    for (let i = 0; i < length; i++) squares += (data[i]! - mean) ** 2;
    const total = this.#count + length;
    const step = mean - this.#mean;
    this.#squares += squares + step ** 2 * this.#count * length / total;
    this.#mean += step * length / total;
    this.#count = total;
  }

  get deviation(): number {
    return Math.sqrt(this.#squares / this.#count);
  }
}

/** What latents are multiplied by where their scale was measured. */
export function factorOf(measured: LatentLaw, own: LatentLaw): number {
  return own.latent_scale === undefined ? measured.latent_scale ?? 1 : 1;
}

/** Whether a scale is to be measured: off the sphere, where none is said. */
export function needsScale(law: LatentLaw): boolean {
  return !isOnSphere(law) && law.latent_scale === undefined;
}
