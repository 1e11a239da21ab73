import { type HostTensor, hostTensor } from "../../tensor/mod.ts";

/** Parts of the posteriors of images or views, in host memory: [.., N, d] or [.., N]. */
export type HostPosterior =
  & { readonly mu: HostTensor }
  & Readonly<Record<string, HostTensor>>;

/** Every part of a posterior, changed alike. */
export function mapPosterior(
  parts: Readonly<Record<string, HostTensor>>,
  change: (part: HostTensor) => HostTensor,
): HostPosterior {
  const changed = Object.entries(parts)
    .map(([name, part]) => [name, change(part)] as const);
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
