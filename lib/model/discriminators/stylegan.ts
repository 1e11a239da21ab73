import {
  add,
  concat,
  leakyRelu,
  mul,
  reshape,
  scoped,
  slice,
  type Tensor,
} from "../../tensor/mod.ts";
import {
  affine,
  affineConvolution,
  biasInit,
  fanInInit,
  type Parameters,
  type ParameterSpecs,
  prefixed,
} from "../../nn/mod.ts";
import type { SizeTable } from "../sizes.ts";
import type { Discriminator } from "./discriminator.ts";

/** Its widths follow from the image's size, as in the release. */
const SIZES = {} as const satisfies SizeTable;

/** Sizes of a StyleGAN discriminator. */
export interface StyleGanConfig {
  readonly name: "stylegan";
  /** Channels at the image's own size, at half of it, and so on down to 4 pixels. */
  readonly channels: readonly number[];
}

/** Slope of the activations below zero. */
const SLOPE = 0.2;

/** Height and width of the image that the linear layers read. */
const LAST_SIDE = 4;

/** Most channels of the release's discriminator, and channels times pixels of a side. */
const MOST_CHANNELS = 512;
const CHANNELS_TIMES_SIDE = 2 ** 14;

const SAME = { padding: 1 };

/** Channels of the release's discriminator of images of `imageSize` pixels. */
function channelsOf(imageSize: number): number[] {
  const levels = Math.floor(Math.log2(imageSize / LAST_SIDE)) + 1;
  return Array.from({ length: levels }, (_, level) => {
    const side = imageSize / 2 ** level;
    return Math.min(MOST_CHANNELS, CHANNELS_TIMES_SIDE / side);
  });
}

/** torch's own starting values of a layer with filters or rows of this shape. */
function layer(shape: readonly number[]): ParameterSpecs {
  const inputs = shape.slice(1).reduce((product, size) => product * size, 1);
  return {
    weight: { shape, start: fanInInit },
    bias: { shape: [shape[0]!], start: biasInit(inputs) },
  };
}

function blockSpecs(inputs: number, outputs: number): ParameterSpecs {
  return {
    ...prefixed("conv_res", layer([outputs, inputs, 1, 1])),
    ...prefixed("net.0", layer([outputs, inputs, 3, 3])),
    ...prefixed("net.2", layer([outputs, outputs, 3, 3])),
    ...prefixed("downsample.1", layer([outputs, outputs, 3, 3])),
  };
}

function specs({ channels }: StyleGanConfig): ParameterSpecs {
  const last = channels.at(-1)!;
  const blocks = channels.slice(1).map((outputs, i) =>
    prefixed(blockPath(i), blockSpecs(channels[i]!, outputs))
  );
  return Object.assign(
    prefixed("blocks.0", layer([channels[0]!, 3, 3, 3])),
    ...blocks,
    prefixed("final_conv.0", layer([last, last, 3, 3])),
    prefixed("final_linear.0", layer([last, last * LAST_SIDE ** 2])),
    prefixed("final_linear.2", layer([1, last])),
  );
}

/** Blocks stand behind the first convolution and its activation. */
function blockPath(i: number): string {
  return `blocks.${i + 2}`;
}

/** A convolution with bias that keeps the image's size, then the activation. */
function activated(p: Parameters, x: Tensor): Tensor {
  return leakyRelu(affineConvolution(p, x, SAME), SLOPE);
}

/** Halves the image: two convolutions, blurred before the stride, plus a shortcut. */
function block(p: Parameters, x: Tensor): Tensor {
  const shortcut = affineConvolution(p.at("conv_res"), x, { stride: 2 });
  const h = activated(p.at("net.2"), activated(p.at("net.0"), x));
  const halved = affineConvolution(p.at("downsample.1"), blur(h), {
    stride: 2,
    padding: 1,
  });
  return mul(add(halved, shortcut), Math.SQRT1_2);
}

/** Each pixel as 1/4, 1/2, 1/4 of its neighbours down and across, mirrored at the borders. */
function blur(x: Tensor): Tensor {
  return [2, 3].reduce((image, axis) => {
    const size = image.shape[axis]!;
    const [first, last] = [
      slice(image, axis, { start: 1, stop: 2 }),
      slice(image, axis, { start: size - 2, stop: size - 1 }),
    ];
    const before = concat(
      [first, slice(image, axis, { stop: size - 1 })],
      axis,
    );
    const after = concat([slice(image, axis, { start: 1 }), last], axis);
    return add(mul(image, 0.5), mul(add(before, after), 0.25));
  }, x);
}

/**
 * The discriminator of StyleGAN 2 (Karras et al. 2020) without its minibatch
 * deviation and equalised rates, as the release has it: a logit for each image,
 * [B, 1].
 */
export const stylegan: Discriminator<StyleGanConfig, typeof SIZES> = {
  title: "StyleGAN",
  sizes: SIZES,
  configOf: (_, imageSize) => ({
    name: "stylegan",
    channels: channelsOf(imageSize),
  }),
  check({ channels }, imageSize) {
    const side = LAST_SIDE * 2 ** (channels.length - 1);
    if (channels.length > 0 && side === imageSize) return;
    throw new RangeError(
      `Cannot use the discriminator: channels has ${channels.length} numbers, ` +
        `expected one for each of ${imageSize} pixels and its halves down to ` +
        `${LAST_SIDE}`,
    );
  },
  specs,
  buffers: () => ({}),
  logits: (p, images, { config: { channels } }) =>
    scoped("stylegan", () => {
      let x = activated(p.at("blocks.0"), images);
      for (let i = 0; i + 1 < channels.length; i++) {
        x = block(p.at(blockPath(i)), x);
      }
      x = activated(p.at("final_conv.0"), x);
      x = reshape(x, [x.shape[0]!, -1]);
      x = leakyRelu(affine(p.at("final_linear.0"), x), SLOPE);
      return { logits: affine(p.at("final_linear.2"), x), buffers: {} };
    }),
};
