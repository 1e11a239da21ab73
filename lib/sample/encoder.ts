import { input } from "../tensor/mod.ts";
import type { FrozenModelParts } from "../nn/mod.ts";
import { encodeScaled, halfShapes } from "../model/mod.ts";
import type { VaeModel } from "./decoder.ts";

/**
 * The encoder for batches of `batch` images: `images` [batch, 3, H, W] in [-1, 1]
 * to the parts of their posteriors by name, [batch, N, d] or [batch, N].
 */
export function encoderParts(
  { config, weights }: VaeModel,
  batch: number,
): FrozenModelParts {
  const { image_size: size } = config;
  const images = input("images", [batch, 3, size, size]);
  return {
    name: "encode",
    shapes: halfShapes(config).encoder,
    weights,
    inputs: { images },
    build: (p) => ({ ...encodeScaled(p, images, config) }),
  };
}
