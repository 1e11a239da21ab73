import {
  add,
  div,
  mean,
  mul,
  reshape,
  sqrt,
  square,
  stopGradient,
  sub,
  type Tensor,
} from "../tensor/mod.ts";
import { constantInit, type ParameterSpecs } from "./initialize.ts";
import type { Parameters } from "./parameters.ts";

/** Added to the variance; torch's default. */
const EPSILON = 1e-5;

/** Share of a batch's statistics in the running ones; torch's default. */
const MOMENTUM = 0.1;

/** Running statistics of a batch norm, from torch's starting values on. */
export function batchNormBuffers(channels: number): ParameterSpecs {
  return {
    running_mean: { shape: [channels], start: constantInit(0) },
    running_var: { shape: [channels], start: constantInit(1) },
  };
}

/** What a batch norm yields in training. */
export interface BatchNormed {
  /** [B, C, H, W]. */
  readonly y: Tensor;
  /** Next values of {@linkcode batchNormBuffers}. */
  readonly buffers: {
    readonly running_mean: Tensor;
    readonly running_var: Tensor;
  };
}

/**
 * Batch norm of images in training (Ioffe and Szegedy 2015) over groups of
 * `rows` images that follow each other: what an image becomes depends on its own
 * group alone, so that a batch may be cut between groups.
 *
 * The running statistics move by the mean over the groups, hence by the mean of
 * what the parts of a batch would move them by; with one group they are torch's.
 *
 * @param p weight and bias, [C]
 * @param x [B, C, H, W]
 * @param options.buffers running_mean and running_var, [C]
 * @throws {RangeError} where B is no multiple of `rows`, or a group has one number
 *   a channel, whose variance is not known
 */
export function batchNormRows(
  p: Parameters,
  x: Tensor,
  { rows, buffers }: { readonly rows: number; readonly buffers: Parameters },
): BatchNormed {
  const [batch, channels, height, width] = x.shape as readonly [
    number,
    number,
    number,
    number,
  ];
  const count = rows * height * width;
  if (!(rows > 0 && batch % rows === 0) || count < 2) {
    throw new RangeError(
      `Cannot norm ${batch} images of ${height} x ${width} in groups of ` +
        `${rows}: expected whole groups of more than one number a channel`,
    );
  }
  const grouped = reshape(x, [batch / rows, rows, channels, height * width]);
  const within = { axes: [1, 3], keepDims: true };
  const average = mean(grouped, within); // [G, 1, C, 1]
  const centred = sub(grouped, average);
  const variance = mean(square(centred), within);
  const normed = div(centred, sqrt(add(variance, EPSILON)));
  const gain = reshape(p.get("weight"), [channels, 1, 1]);
  const shift = reshape(p.get("bias"), [channels, 1, 1]);
  const unbiased = mul(variance, count / (count - 1));
  return {
    y: add(mul(reshape(normed, x.shape), gain), shift),
    buffers: {
      running_mean: moved(buffers.get("running_mean"), average),
      running_var: moved(buffers.get("running_var"), unbiased),
    },
  };
}

/** A running statistic [C] after one of every group, [G, 1, C, 1]. */
function moved(running: Tensor, found: Tensor): Tensor {
  const average = reshape(
    mean(stopGradient(found), { axes: [0] }),
    running.shape,
  );
  return add(mul(running, 1 - MOMENTUM), mul(average, MOMENTUM));
}

/** Filters and the numbers of the batch norm behind them, by output channel. */
export interface NormedFilters {
  /** [O, C, KH, KW]. */
  readonly filters: Float32Array;
  readonly gain: Float32Array;
  readonly shift: Float32Array;
  readonly mean: Float32Array;
  readonly variance: Float32Array;
}

/**
 * A convolution without bias and the batch norm behind it, in inference, as a
 * convolution with a bias: w gain / s, and shift - mean gain / s, where s is the
 * root of the variance plus epsilon. Computed in float64.
 */
export function foldBatchNorm(
  { filters, gain, shift, mean, variance }: NormedFilters,
  { epsilon }: { readonly epsilon: number },
): {
  readonly filters: Float32Array<ArrayBuffer>;
  readonly bias: Float32Array<ArrayBuffer>;
} {
  const channels = gain.length;
  const size = filters.length / channels;
  const scaled = new Float32Array(filters.length);
  const bias = new Float32Array(channels);
  for (let o = 0; o < channels; o++) {
    const scale = gain[o]! / Math.sqrt(variance[o]! + epsilon);
    bias[o] = shift[o]! - mean[o]! * scale;
    for (let i = o * size; i < (o + 1) * size; i++) {
      scaled[i] = filters[i]! * scale;
    }
  }
  return { filters: scaled, bias };
}
