import {
  constantArray,
  div,
  maxPool,
  relu,
  reshape,
  scoped,
  sub,
  type Tensor,
} from "../../tensor/mod.ts";
import {
  affineConvolution,
  type Parameters,
  type ParameterShapes,
  prefixed,
} from "../../nn/mod.ts";
import type { PerceptualNetwork } from "./network.ts";

/** Sizes of a VGG network with LPIPS's linear layers. */
export interface Vgg16Config {
  readonly name: "vgg16-lpips";
  /** Channels of each block; between blocks the image is halved. */
  readonly widths: readonly number[];
  /** Convolutions of each block. */
  readonly repeats: readonly number[];
}

/** VGG16 (Simonyan and Zisserman 2015). */
export const VGG16: Vgg16Config = {
  name: "vgg16-lpips",
  widths: [64, 128, 256, 512, 512],
  repeats: [2, 2, 3, 3, 3],
};

/**
 * What LPIPS takes from images in [-1, 1], and divides them by: the mean and the
 * deviation of torchvision's training images, in [-1, 1] themselves.
 */
const SHIFT = [-0.030, -0.088, -0.188] as const;
const SCALE = [0.458, 0.448, 0.450] as const;

/** A convolution: its place in torchvision's list, and its channels. */
interface Layer {
  readonly index: number;
  readonly inputs: number;
  readonly outputs: number;
}

/** Convolutions by block; an activation follows each, and a pooling each block. */
function blocks({ widths, repeats }: Vgg16Config): Layer[][] {
  let [index, inputs] = [0, 3];
  return widths.map((outputs, block) => {
    const layers = Array.from({ length: repeats[block]! }, () => {
      const layer = { index, inputs, outputs };
      index += 2;
      inputs = outputs;
      return layer;
    });
    index += 1;
    return layers;
  });
}

/** Path of a convolution, by its place in torchvision's list. */
function vggPath(index: number): string {
  return `vgg/${index}`;
}

/** Path of the linear layer over the differences of a block's features. */
export function gainPath(block: number): string {
  return `lin${block}.model.1`;
}

function shapes(config: Vgg16Config): ParameterShapes {
  const convolutions = blocks(config).flat().map(({ index, inputs, outputs }) =>
    prefixed(vggPath(index), {
      weight: [outputs, inputs, 3, 3],
      bias: [outputs],
    })
  );
  const gains = config.widths.map((width, block) =>
    prefixed(gainPath(block), { weight: [1, width, 1, 1] })
  );
  return Object.assign({}, ...convolutions, ...gains);
}

/** Numbers of the three colours, [3, 1, 1]. */
function colours(values: readonly number[]): Tensor {
  return constantArray([3, 1, 1], values);
}

/** The features of each block after its last activation, before it is pooled. */
function features(
  p: Parameters,
  images: Tensor,
  config: Vgg16Config,
): readonly Tensor[] {
  let x = div(sub(images, colours(SHIFT)), colours(SCALE));
  return blocks(config).map((layers, block) => {
    if (block > 0) x = maxPool(x, { kernel: 2 });
    for (const { index } of layers) {
      const convolved = affineConvolution(p.at(vggPath(index)), x, {
        padding: 1,
      });
      x = relu(convolved);
    }
    return x;
  });
}

/**
 * LPIPS (Zhang et al. 2018) on VGG16, version 0.1: the weights of the channels
 * were learned from people's judgements.
 */
export const vgg16Lpips: PerceptualNetwork<Vgg16Config> = {
  title: "LPIPS on VGG16",
  shapes,
  check({ widths, repeats }, imageSize) {
    const fail = (detail: string) =>
      new RangeError(`Cannot use the perceptual network: ${detail}`);
    if (widths.length === 0 || widths.length !== repeats.length) {
      throw fail(
        `repeats has ${repeats.length} numbers, expected one for each of ` +
          `${widths.length} widths`,
      );
    }
    const least = 2 ** (widths.length - 1);
    if (imageSize < least) {
      throw fail(
        `images have ${imageSize} pixels, expected at least ${least}`,
      );
    }
  },
  features: (p, images, config) =>
    scoped("vgg16", () => features(p, images, config)),
  gains: (p, { widths }) =>
    widths.map((width, block) =>
      reshape(p.at(gainPath(block)).get("weight"), [width])
    ),
};
