import {
  add,
  div,
  equal,
  less,
  mean,
  mul,
  type RandomSource,
  reshape,
  select,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  uniform,
} from "../../tensor/mod.ts";
import type { Parameters } from "../../nn/mod.ts";
import type { PerceptualNetwork } from "./network.ts";

/** Added to the length of a feature vector, as LPIPS does. */
const LENGTH_EPSILON = 1e-10;

/** Share of the differences that the release's dropout leaves out. */
const DROPPED = 0.5;

/** Two batches of images [B, 3, H, W] in [-1, 1]. */
export interface ImagePair {
  readonly image: Tensor;
  readonly reconstruction: Tensor;
}

/** What a distance reads besides weights and images. */
export interface DistanceOptions<Config> {
  readonly config: Config;
  /**
   * Draws of the release's dropout, which leaves out half of the differences at
   * random in training; none is left out unless given. Each feature map has a
   * stream of its own, from this one on.
   */
  readonly dropout?: {
    readonly source: RandomSource;
    readonly stream: number;
  };
}

/**
 * Perceptual distance of image pairs (Zhang et al. 2018): the squared
 * differences of feature vectors of unit length, summed over channels with their
 * gains, averaged over pixels and summed over feature maps.
 *
 * @returns [B], 0 for equal images
 */
export function perceptualDistance<Config>(
  network: PerceptualNetwork<Config>,
  p: Parameters,
  { image, reconstruction, config, dropout }:
    & ImagePair
    & DistanceOptions<Config>,
): Tensor {
  const gains = network.gains(p, config);
  const real = network.features(p, image, config);
  const made = network.features(p, reconstruction, config);
  return real.map((features, map) => {
    let difference = square(sub(unit(features), unit(made[map]!)));
    if (dropout !== undefined) {
      const { source, stream } = dropout;
      difference = dropped(difference, source, stream + map);
    }
    const gain = gains?.[map];
    const weighted = gain === undefined
      ? difference
      : mul(difference, reshape(gain, [-1, 1, 1]));
    return mean(sum(weighted, { axes: [1] }), { axes: [1, 2] });
  }).reduce((total, part) => add(total, part));
}

/**
 * Feature vectors of [B, C, h, w] over their lengths; a vector of zeros, whose
 * length has no gradient, stays.
 */
function unit(x: Tensor): Tensor {
  const squares = sum(square(x), { axes: [1], keepDims: true });
  const length = sqrt(select(equal(squares, 0), 1, squares));
  return div(x, add(length, LENGTH_EPSILON));
}

/** x with half of its numbers zero and the others twice as large. */
function dropped(x: Tensor, source: RandomSource, stream: number): Tensor {
  const draws = uniform(source, { shape: x.shape.slice(1), stream });
  return select(less(draws, DROPPED), 0, mul(x, 1 / (1 - DROPPED)));
}
