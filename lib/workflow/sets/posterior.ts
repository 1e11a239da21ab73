import { type LatentLaw, type Part, posteriorOf } from "../../model/mod.ts";
import {
  fromHalf,
  type HostTensor,
  hostTensor,
  toHalf,
} from "../../tensor/mod.ts";
import type { LatentDType } from "../../preset/mod.ts";

/** Parts of the posteriors of images or views, in host memory: [.., N, d] or [.., N]. */
export type HostPosterior =
  & { readonly mu: HostTensor }
  & Readonly<Record<string, HostTensor>>;

/** Every part of a posterior, changed alike. */
export function mapPosterior(
  parts: Readonly<Record<string, HostTensor>>,
  change: (part: HostTensor, name: string) => HostTensor,
): HostPosterior {
  const changed = Object.entries(parts)
    .map(([name, part]) => [name, change(part, name)] as const);
  const { mu, ...others } = Object.fromEntries(changed);
  return { mu: mu!, ...others };
}

/** Posteriors off the sphere of latents times a number: every part is a length. */
export function scaledPosterior(
  posterior: HostPosterior,
  factor: number,
): HostPosterior {
  if (factor === 1) return posterior;
  return mapPosterior(posterior, ({ shape, data }) => {
    const lengths = Float32Array.from(data, (length) => length * factor);
    return hostTensor("f32", shape, lengths);
  });
}

/**
 * The type that a part is stored in: vectors may be halved, single numbers are few
 * and some are large.
 */
export function storedDType(
  { width }: Pick<Part, "width">,
  dtype: LatentDType,
): LatentDType {
  return width === "vector" ? dtype : "f32";
}

/**
 * Posteriors as a file holds them.
 *
 * @throws {RangeError} where a number is too large for f16
 */
export function storedPosterior(
  posterior: HostPosterior,
  law: LatentLaw,
  dtype: LatentDType,
): HostPosterior {
  const { parts } = posteriorOf(law);
  return mapPosterior(
    posterior,
    (part, name) =>
      storedDType(parts[name]!, dtype) === "f16" ? toHalf(part) : part,
  );
}

/**
 * Posteriors as a file holds them, in f32. Halved directions are a little longer or
 * shorter than 1 and get that length again.
 */
export function readPosterior(
  stored: Readonly<Record<string, HostTensor>>,
  law: LatentLaw,
): HostPosterior {
  const { parts } = posteriorOf(law);
  return mapPosterior(stored, (part, name) => {
    if (part.dtype !== "f16") return part;
    const numbers = fromHalf(part as HostTensor<"f16">, "f32");
    return parts[name]?.unit ? withLength(numbers, 1) : numbers;
  });
}

/**
 * Vectors of a length, in the directions of others.
 *
 * @param vectors [.., d], none of them zero
 */
export function withLength(
  { shape, data }: HostTensor<"f32">,
  length: number,
): HostTensor<"f32"> {
  const d = shape.at(-1)!;
  const scaled = new Float32Array(data.length);
  for (let start = 0; start < data.length; start += d) {
    const vector = data.subarray(start, start + d);
    const factor = length / Math.hypot(...vector);
    scaled.set(vector.map((value) => value * factor), start);
  }
  return hostTensor("f32", shape, scaled);
}
