import { leakyRelu, scoped, type Tensor } from "../../tensor/mod.ts";
import {
  affineConvolution,
  batchNormBuffers,
  batchNormRows,
  biasInit,
  constantInit,
  convolution,
  normalInit,
  type Parameters,
  type ParameterSpecs,
  prefixed,
} from "../../nn/mod.ts";
import { type SizesOf, type SizeTable, width } from "../sizes.ts";
import type { Discriminator, Judged, JudgeOptions } from "./discriminator.ts";

const SIZES = {
  ndf: width("channels of PatchGAN's first layer"),
  n_layers: {
    ...width("layers of PatchGAN that halve the image"),
    max: 8,
  },
} as const satisfies SizeTable;

/** Sizes of a PatchGAN; the names are the release's. */
export interface PatchGanConfig extends SizesOf<typeof SIZES> {
  readonly name: "patchgan";
}

/** Slope of the activations below zero. */
const SLOPE = 0.2;

/** Height and width of every filter. */
const KERNEL = 4;

/** Most channels of a layer over those of the first. */
const MOST_CHANNELS = 8;

/** Deviation that weights are drawn with (Isola et al. 2017). */
const DEVIATION = 0.02;

const HALVING = { stride: 2, padding: 1 };
const SAME_STRIDE = { padding: 1 };

/** A convolution with a batch norm: its place in the release's list, and its sizes. */
interface NormedLayer {
  readonly index: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly halves: boolean;
}

/** The layers between the first and the last; each has three places: convolution, norm, activation. */
function normedLayers({ ndf, n_layers }: PatchGanConfig): NormedLayer[] {
  const width = (layer: number) => ndf * Math.min(2 ** layer, MOST_CHANNELS);
  return Array.from({ length: n_layers }, (_, i) => ({
    index: 2 + 3 * i,
    inputs: width(i),
    outputs: width(i + 1),
    halves: i + 1 < n_layers,
  }));
}

function filters(inputs: number, outputs: number): ParameterSpecs {
  const shape = [outputs, inputs, KERNEL, KERNEL];
  return { weight: { shape, start: normalInit(DEVIATION) } };
}

/** The first and the last convolution have biases: no norm follows. */
function affineFilters(inputs: number, outputs: number): ParameterSpecs {
  const start = biasInit(inputs * KERNEL ** 2);
  return {
    ...filters(inputs, outputs),
    bias: { shape: [outputs], start },
  };
}

function specs(config: PatchGanConfig): ParameterSpecs {
  const layers = normedLayers(config);
  const last = layers.at(-1)!;
  return Object.assign(
    prefixed("main.0", affineFilters(3, config.ndf)),
    ...layers.flatMap(({ index, inputs, outputs }) => [
      prefixed(`main.${index}`, filters(inputs, outputs)),
      prefixed(`main.${index + 1}`, {
        weight: { shape: [outputs], start: normalInit(DEVIATION, 1) },
        bias: { shape: [outputs], start: constantInit(0) },
      }),
    ]),
    prefixed(`main.${last.index + 3}`, affineFilters(last.outputs, 1)),
  );
}

function buffers(config: PatchGanConfig): ParameterSpecs {
  const norms = normedLayers(config).map(({ index, outputs }) =>
    prefixed(`main.${index + 1}`, batchNormBuffers(outputs))
  );
  return Object.assign({}, ...norms);
}

function logits(
  p: Parameters,
  images: Tensor,
  { config, buffers, rows }: JudgeOptions<PatchGanConfig>,
): Judged {
  const next: Record<string, Tensor> = {};
  let x = leakyRelu(affineConvolution(p.at("main.0"), images, HALVING), SLOPE);
  let end = 2;
  for (const { index, halves } of normedLayers(config)) {
    const stride = halves ? HALVING : SAME_STRIDE;
    const convolved = convolution(p.at(`main.${index}`), x, stride);
    const norm = `main.${index + 1}`;
    const normed = batchNormRows(p.at(norm), convolved, {
      rows,
      buffers: buffers.at(norm),
    });
    Object.assign(next, prefixed(norm, normed.buffers));
    x = leakyRelu(normed.y, SLOPE);
    end = index + 3;
  }
  return {
    logits: affineConvolution(p.at(`main.${end}`), x, SAME_STRIDE),
    buffers: next,
  };
}

/** Side of the logits of a square image. */
function logitsSide({ n_layers }: PatchGanConfig, imageSize: number): number {
  let side = imageSize;
  for (let i = 0; i < n_layers; i++) side = Math.floor(side / 2);
  return side - 2;
}

/**
 * PatchGAN (Isola et al. 2017), as VQGAN and the release have it:
 * a logit for each patch, of [B, 1, h, w].
 */
export const patchgan: Discriminator<PatchGanConfig, typeof SIZES> = {
  title: "PatchGAN",
  sizes: SIZES,
  configOf: (sizes) => ({ name: "patchgan", ...sizes }),
  check(config, imageSize) {
    if (logitsSide(config, imageSize) >= 1) return;
    throw new RangeError(
      `Cannot use the discriminator: n_layers is ${config.n_layers}, expected ` +
        `fewer for images of ${imageSize} pixels`,
    );
  },
  specs,
  buffers,
  logits: (p, images, options) =>
    scoped("patchgan", () => logits(p, images, options)),
};
