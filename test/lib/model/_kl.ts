import { autoencoderShapes, type KlConfig } from "../../../lib/model/mod.ts";
import {
  type HostTensor,
  hostTensor,
  sizeOf,
} from "../../../lib/tensor/mod.ts";

/** Images of 16 pixels as 64 tokens of four numbers. */
export const KL: KlConfig = {
  backbone: "kl16",
  image_size: 16,
  patch_size: 2,
  latent_dim: 4,
  ch: 32,
  ch_mult: [1, 2],
  num_res_blocks: 1,
  latent_scale: 0.2325,
};

/** Element i of the weights that come k-th by name: the recording's formula. */
function element(i: number, k: number): number {
  const wave = Math.abs(Math.sin(i * 12.9898 + k * 78.233)) * 43758.5453;
  return wave % 1 * 2 - 1;
}

/** Weights of {@linkcode KL} as make_kl16.py made `test/golden/kl16.safetensors` of. */
export function klWeights(): Record<string, HostTensor<"f32">> {
  const shapes = Object.entries(autoencoderShapes(KL))
    .sort(([a], [b]) => a < b ? -1 : 1);
  const weights = shapes.map(([name, shape], k) => {
    const scale = Math.sqrt(3 / sizeOf(shape.slice(1)));
    const data = Float32Array.from({ length: sizeOf(shape) }, (_, i) => {
      const u = element(i, k);
      return shape.length === 1 ? 0.5 + 0.3 * u : u * scale;
    });
    return [name, hostTensor("f32", shape, data)] as const;
  });
  return Object.fromEntries(weights);
}
