import {
  type FrozenStates,
  type HostTensor,
  hostTensor,
  input,
} from "../tensor/mod.ts";
import {
  decodeScaled,
  halfShapes,
  type LatentLaw,
  type VaeConfig,
  vaeGrid,
} from "../model/mod.ts";
import type { FrozenModelParts } from "../nn/mod.ts";

/** A trained VAE: configuration and parameters by its checkpoints' names. */
export interface VaeModel {
  readonly config: VaeConfig;
  readonly weights: FrozenStates;
}

/** A VAE for latents that are scaled as their law says. */
export function scaledBy(
  { config, weights }: VaeModel,
  { latent_scale = config.latent_scale }: Pick<LatentLaw, "latent_scale">,
): VaeModel {
  return { config: { ...config, latent_scale }, weights };
}

/**
 * The decoder for batches of `images` images: z [images, N, d], as the AR model
 * has them, to `images` [images, 3, H, W], about -1 to 1.
 */
export function decoderParts(
  { config, weights }: VaeModel,
  images: number,
): FrozenModelParts<"images"> {
  const tokens = vaeGrid(config) ** 2;
  const z = input("z", [images, tokens, config.latent_dim]);
  return {
    name: "decode",
    shapes: halfShapes(config).decoder,
    weights,
    inputs: { z },
    build: (p) => ({ images: decodeScaled(p, z, config) }),
  };
}

/**
 * Images as bytes: clamp(127.5 x + 128, 0, 255), cut to integers, as the
 * release writes samples.
 *
 * @param images [B, 3, H, W]
 * @returns u8 [B, H, W, 3]
 */
export function toBytes({ shape, data }: HostTensor): HostTensor<"u8"> {
  const [count, channels, height, width] = shape as [
    number,
    number,
    number,
    number,
  ];
  const pixels = height * width;
  const bytes = new Uint8Array(data.length);
  for (let n = 0; n < count; n++) {
    for (let c = 0; c < channels; c++) {
      const from = (n * channels + c) * pixels;
      for (let i = 0; i < pixels; i++) {
        const value = 127.5 * data[from + i]! + 128;
        bytes[(n * pixels + i) * channels + c] = Math.min(
          255,
          Math.max(0, value),
        );
      }
    }
  }
  return hostTensor("u8", [count, height, width, channels], bytes);
}
