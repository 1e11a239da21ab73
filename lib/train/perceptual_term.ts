import {
  type FrozenStates,
  mean,
  type RandomSource,
  type Tensor,
} from "../tensor/mod.ts";
import type { Parameters } from "../nn/mod.ts";
import {
  type PerceptualConfig,
  perceptualDistance,
  perceptualNetworkOf,
} from "../model/mod.ts";
import type { Term } from "./objective.ts";
import { STREAMS } from "./streams.ts";

/** A perceptual term. */
export interface PerceptualOptions {
  readonly network: PerceptualConfig;
  /** Weights of the network, which no training moves. */
  readonly weights: FrozenStates;
  /** Weight of the term. */
  readonly weight: number;
  /** Whether half of the differences are left out at random, as in the release. */
  readonly dropout: boolean;
}

/** What a perceptual distance is taken of. */
export interface PerceptualForward {
  /** [B, 3, H, W]. */
  readonly images: Tensor;
  /** [B, 3, H, W]. */
  readonly reconstruction: Tensor;
  /** Weights of the network. */
  readonly frozen: Parameters;
}

/** The mean perceptual distance of reconstructions from their images. */
export function perceptualTerm(
  { network: config, weight, dropout }: PerceptualOptions,
  source: RandomSource,
): Term<PerceptualForward> {
  const network = perceptualNetworkOf(config);
  const stream = STREAMS.perceptualDropout;
  return {
    name: "perceptual",
    weight,
    of: ({ images: image, reconstruction, frozen }) =>
      mean(perceptualDistance(network, frozen, {
        image,
        reconstruction,
        config,
        ...dropout && { dropout: { source, stream } },
      })),
  };
}
