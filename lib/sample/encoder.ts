import { input } from "../tensor/mod.ts";
import { type FrozenModelParts, selectShapes } from "../nn/mod.ts";
import { autoencoderShapes, encodeImages } from "../model/mod.ts";
import { ENCODER_PARAMETERS, type VaeModel } from "./decoder.ts";

/**
 * The encoder for batches of `batch` images: `images` [batch, 3, H, W] in [-1, 1]
 * to `mu` [batch, N, d], and `kappa` [batch, N] or `sigma` [batch, N, d].
 */
export function encoderParts(
  { config, weights }: VaeModel,
  batch: number,
): FrozenModelParts {
  const { image_size: size } = config;
  const images = input("images", [batch, 3, size, size]);
  return {
    name: "encode",
    shapes: selectShapes(
      autoencoderShapes(config),
      (name) => ENCODER_PARAMETERS.test(name),
    ),
    weights,
    inputs: { images },
    build: (p) => ({ ...encodeImages(p, images, config) }),
  };
}
