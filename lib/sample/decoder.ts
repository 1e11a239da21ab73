import {
  type FrozenStates,
  type HostTensor,
  hostTensor,
  input,
} from "../tensor/mod.ts";
import {
  type AutoencoderConfig,
  autoencoderShapes,
  decodeLatents,
  vaeGrid,
} from "../model/mod.ts";
import { type FrozenModelParts, selectShapes } from "../nn/mod.ts";

/** A trained autoencoder: sizes and parameters by its checkpoints' names. */
export interface VaeModel {
  readonly config: AutoencoderConfig;
  readonly weights: FrozenStates;
}

/** Parameters that only an autoencoder's encoder reads. */
export const ENCODER_PARAMETERS = /^(encoder|quant_proj|quant_conv)\./;

/**
 * The decoder for batches of `images` images: z [images, N, d] to `images`
 * [images, 3, H, W], about -1 to 1.
 */
export function decoderParts(
  { config, weights }: VaeModel,
  images: number,
): FrozenModelParts<"images"> {
  const tokens = vaeGrid(config) ** 2;
  const z = input("z", [images, tokens, config.latent_dim]);
  return {
    name: "decode",
    shapes: selectShapes(
      autoencoderShapes(config),
      (name) => !ENCODER_PARAMETERS.test(name),
    ),
    weights,
    inputs: { z },
    build: (p) => ({ images: decodeLatents(p, z, config) }),
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
