import {
  type ArConfig,
  arShapes,
  PAPER_LAW,
  type VaeConfig,
  vaeShapes,
} from "../../lib/model/mod.ts";
import type { ParameterShapes } from "../../lib/nn/mod.ts";
import {
  PAPER_AR,
  PAPER_RESOLUTIONS,
  PAPER_VAE,
} from "../../lib/preset/checked.ts";
import type { ArModel, VaeModel } from "../../lib/sample/mod.ts";
import type { StoredTensor } from "../../lib/tensor/mod.ts";
import { heldIn, packWeights } from "../../lib/workflow/models/mod.ts";
import type { WeightsDType } from "../../lib/workflow/options/mod.ts";
import { randomWeights } from "../ours/weights.ts";

/** Names of the paper's AR models. */
export const MODEL_SIZES = Object.keys(PAPER_AR) as readonly ModelSize[];

/** One of them. */
export type ModelSize = keyof typeof PAPER_AR;

/** Sides of images that the release has models for. */
export const IMAGE_SIDES = PAPER_RESOLUTIONS.map(({ pixels }) => pixels);

/** A model of the release's sizes. */
export interface ReleaseSize {
  readonly size: ModelSize;
  /** Pixels along a side of an image. */
  readonly side: number;
}

/** Sizes of an AR model of the release. */
export function arConfigOf({ size, side }: ReleaseSize): ArConfig {
  const place = PAPER_RESOLUTIONS.find(({ pixels }) => pixels === side);
  if (place === undefined) {
    throw new RangeError(`The release has no models of ${side} pixels`);
  }
  const { cls_token_num, grid } = place;
  return {
    ...PAPER_AR[size],
    cls_token_num,
    grid,
    num_classes: 1000,
    latent_dim: PAPER_VAE.latent_dim,
    ...PAPER_LAW,
  };
}

/** An AR model with random weights, none of which is in memory. */
export function randomAr(config: ArConfig, dtype: WeightsDType): ArModel {
  return { config, weights: drawn(arShapes(config), dtype) };
}

/** Both halves of a generator, with random weights as well. */
export function randomGenerator(
  release: ReleaseSize,
  dtype: WeightsDType,
): { readonly ar: ArModel; readonly vae: VaeModel } {
  const vae: VaeConfig = { ...PAPER_VAE, image_size: release.side };
  return {
    ar: randomAr(arConfigOf(release), dtype),
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
