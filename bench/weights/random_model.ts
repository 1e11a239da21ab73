import {
  type ArConfig,
  arShapes,
  type VaeConfig,
  vaeShapes,
} from "../../lib/model/mod.ts";
import type { ParameterShapes } from "../../lib/nn/mod.ts";
import { PAPER_AR, PAPER_VAE } from "../../lib/preset/mod.ts";
import type { ArModel, VaeModel } from "../../lib/sample/mod.ts";
import type { StoredTensor } from "../../lib/tensor/mod.ts";
import { heldIn, packWeights } from "../../stages/shared/stored_weights.ts";
import type { WeightsDType } from "../../stages/shared/weights_dtype.ts";
import { randomWeights } from "../ours/weights.ts";

/** Names of the paper's AR models. */
export const MODEL_SIZES = Object.keys(PAPER_AR) as readonly ModelSize[];

/** One of them. */
export type ModelSize = keyof typeof PAPER_AR;

/** Sides of images that the release has models for. */
export const IMAGE_SIDES = [256, 512] as const;

/** A model of the release's sizes. */
export interface ReleaseSize {
  readonly size: ModelSize;
  /** Pixels along a side of an image. */
  readonly side: number;
}

/** Class tokens at 512 pixels. */
const CLASS_TOKENS_AT_512 = 64;

/** Sizes of an AR model of the release. */
export function arConfigOf({ size, side }: ReleaseSize): ArConfig {
  const sizes = PAPER_AR[size];
  return {
    ...sizes,
    cls_token_num: side === 512 ? CLASS_TOKENS_AT_512 : sizes.cls_token_num,
    num_classes: 1000,
    latent_dim: PAPER_VAE.latent_dim,
    grid: side / PAPER_VAE.patch_size,
  };
}

/** A model with random weights, none of which is in memory. */
export function randomGenerator(
  release: ReleaseSize,
  dtype: WeightsDType,
): { readonly ar: ArModel; readonly vae: VaeModel } {
  const ar = arConfigOf(release);
  const vae: VaeConfig = { ...PAPER_VAE, image_size: release.side };
  return {
    ar: { config: ar, weights: drawn(arShapes(ar), dtype) },
    vae: { config: vae, weights: drawn(vaeShapes(vae), "f32") },
  };
}

function drawn(
  shapes: ParameterShapes,
  dtype: WeightsDType,
): Record<string, StoredTensor> {
  const entries = Object.entries(shapes).map(([name, shape]) => {
    const held = heldIn(name, dtype);
    const load = () => {
      const weights = randomWeights({ [name]: shape });
      return Promise.resolve(packWeights(weights, dtype)[name]!);
    };
    const identity = `benchmark ${name} [${shape}] ${held}`;
    return [name, { dtype: held, shape, identity, load }] as const;
  });
  return Object.fromEntries(entries);
}
