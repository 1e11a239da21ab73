import type { FeatureModel } from "../../../../lib/metric/mod.ts";
import {
  type ClassifierFeaturesConfig,
  classifierShapes,
} from "../../../../lib/model/mod.ts";
import { hostTensor } from "../../../../lib/tensor/mod.ts";
import type { PixelSource } from "../../../../lib/workflow/features/mod.ts";
import { randomWeights } from "../../model/_models.ts";

/** A classifier of images of 4 pixels. */
export const CONFIG: ClassifierFeaturesConfig = {
  name: "classifier",
  image_size: 4,
  channels: [4],
  features: 3,
  num_classes: 2,
};

export const MODEL: FeatureModel = {
  config: CONFIG,
  weights: randomWeights(classifierShapes(CONFIG)),
};

/** Images of 4 pixels, all different. */
export function pixels(count: number, size = 4): PixelSource {
  const bytes = Uint8Array.from(
    { length: count * size * size * 3 },
    (_, i) => (i * i + 7 * i) % 256,
  );
  const one = size * size * 3;
  return {
    name: "images.safetensors",
    count,
    height: size,
    width: size,
    labels: hostTensor("i32", [count], Int32Array.from({ length: count })),
    read: ({ start, count: rows }) =>
      Promise.resolve(hostTensor(
        "u8",
        [rows, size, size, 3],
        bytes.slice(start * one, (start + rows) * one),
      )),
    [Symbol.dispose]() {},
  };
}
